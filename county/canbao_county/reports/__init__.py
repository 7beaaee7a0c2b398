"""Reports ready to print, made from the merge and from imported lists."""
