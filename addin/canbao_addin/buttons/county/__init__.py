"""The buttons of 县级: what the county does, from its register 上报登记, which is open in the program."""
