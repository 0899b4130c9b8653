"""KataGo's analysis protocol: JSON queries on lines, answered by analyses of many positions."""
