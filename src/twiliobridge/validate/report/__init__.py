"""What a run found, told in each form: on the console while it goes on (`LiveProgress`) and when it is over
(`print_report`), and as files: JSON, JUnit XML, Markdown and an HTML page.
"""

from twiliobridge.validate.report.console import print_report
from twiliobridge.validate.report.document import SCHEMA_VERSION
from twiliobridge.validate.report.json_report import write_json
from twiliobridge.validate.report.junit import write_junit
from twiliobridge.validate.report.markdown import write_markdown
from twiliobridge.validate.report.page import write_html
from twiliobridge.validate.report.progress import LiveProgress
from twiliobridge.validate.report.writing import CannotWrite, check_writable

__all__ = [
    "SCHEMA_VERSION",
    "CannotWrite",
    "LiveProgress",
    "check_writable",
    "print_report",
    "write_html",
    "write_json",
    "write_junit",
    "write_markdown",
]
