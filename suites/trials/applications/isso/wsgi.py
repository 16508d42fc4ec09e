import os

from isso import config, make_app

settings = config.load(config.default_file())
settings.set("general", "dbpath", os.environ["ISSO_DATABASE"])
settings.set("general", "host", "http://localhost/")
application = make_app(settings, threading=True)
