"""The commands that make files: a file bears the name of the one that made it, and only that one writes over it."""

CHECK = "check"  # a marked copy
COMPARE = "compare"
COMPUTE = "compute"
COPIES = "reconcile-copies"
GENERATE = "generate"
IMPORT = "import"
MERGE = "merge"
PREVIEW = "import-preview"  # of a list that may be imported
PROVINCE = "province-check"
PROVINCE_NAMES = "province-names"
RECONCILE = "reconcile"
REPAIR = "repair"
REPORT = "report"
SIMULATE = "simulate"
SUBMIT = "submit"
