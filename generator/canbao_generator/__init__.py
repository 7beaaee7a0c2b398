"""Rulebook to workbooks: township templates, county submission, return lists."""
