"""The names by which a generated workbook is recognised again: the generator writes them, the validators read them.

``_meta`` holds one key a row in column A, its values from column B on, all texts: ``schema``, ``policy_id``,
``policy_sha256``, ``unit``, ``unit_kind`` (township or village), ``target``, ``generator``; of a village ``parent``,
``parent_target`` and ``parent_villages`` (its township, the headcount and all villages of that); ``lock_salt`` and
``lock_digest`` (the hashed password that the sheets are locked with, as the sheets state it too; absent without one);
and one ``roster`` row for each roster: code, version, sheet, first data row, last data row (the row limit) and the hash
of the header row.
"""

META_SHEET = "_meta"
META_SCHEMA = "canbao-workbook/1"
ROSTER_KEY = "roster"
COVER_CODE_NAME, COVER_OWNER_NAME, COVER_PHONE_NAME = "校验码", "责任人", "责任人电话"
COVER_SHEET, GUIDE_SHEET, SUMMARY_SHEET, PARAMETER_SHEET, CODE_SHEET = "封面", "填表说明", "汇总", "政策参数", "代码表"
RESULT_SHEET = "检查结果"
OWN_SHEETS = (COVER_SHEET, GUIDE_SHEET, SUMMARY_SHEET, RESULT_SHEET, PARAMETER_SHEET, CODE_SHEET, META_SHEET)
LOCK_SALT_KEY, LOCK_DIGEST_KEY = "lock_salt", "lock_digest"
PARENT_KEY, PARENT_TARGET_KEY, PARENT_VILLAGES_KEY = "parent", "parent_target", "parent_villages"
