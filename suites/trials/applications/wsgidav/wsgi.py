import os

from wsgidav.wsgidav_app import WsgiDAVApp

application = WsgiDAVApp(
    {
        "provider_mapping": {"/": os.path.dirname(os.path.abspath(__file__))},
        "simple_dc": {"user_mapping": {"*": True}},
        "logging": {"enable": False},
    }
)
