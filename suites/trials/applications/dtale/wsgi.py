from dtale.app import build_app

application = build_app(reaper_on=False)
