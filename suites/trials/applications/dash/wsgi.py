import dash
import pandas

frame = pandas.DataFrame({"mode": ["embedded", "daemon"], "count": [4, 4]})
site = dash.Dash("trial")
site.layout = dash.html.Table([dash.html.Tr([dash.html.Td(str(value)) for value in row]) for row in frame.values])
application = site.server
