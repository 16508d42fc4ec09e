import os

from pydap.wsgi.app import DapServer

application = DapServer(os.path.dirname(os.path.abspath(__file__)))
