import os

from klaus import make_app

application = make_app([os.environ["KLAUS_REPOSITORY"]], "wsgilab's trial")
