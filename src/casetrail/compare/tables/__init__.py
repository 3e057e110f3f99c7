"""Any published table of (body, measure, period, numerator, denominator or value), read for comparison."""

from casetrail.compare.tables.columns import Columns, found_columns
from casetrail.compare.tables.everything import everything_answer
from casetrail.compare.tables.reading import Aside, ReadTable, read_table

__all__ = ["Aside", "Columns", "ReadTable", "everything_answer", "found_columns", "read_table"]
