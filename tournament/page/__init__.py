"""The report as a page: templates, the chart, the games that it replays."""
