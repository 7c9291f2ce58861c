"""Almanac in Slack: listening, a line of questions, answers as Block Kit, and what was answered already."""
