"""REV-03x: what the review app has to say of people, forms and addresses."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "REV-030",
        "name and password do not go together",
        "try again; an administrator sets a new password: `weighbridge review user password NAME --into DIR`",
    ),
    Code(
        "REV-031",
        "too many attempts to log in",
        "wait a quarter of an hour, then try again",
    ),
    Code(
        "REV-032",
        "the account cannot be made or changed so",
        "names have 1 to 200 printable characters; passwords at least 12; "
        "roles are viewer, reviewer, approver and admin",
    ),
    Code(
        "REV-033",
        "this role may not do that",
        "ask somebody with the role that is named, or an administrator for the role",
    ),
    Code(
        "REV-034",
        "the form did not come from this page, or the session has ended",
        "open the page again and send the form from there",
    ),
    Code(
        "REV-035",
        "the review app would not be safe so",
        "make an account first: `weighbridge review user add NAME --role admin --into DIR`; beyond this machine "
        "name what it is called with --name, and put it behind a proxy that speaks HTTPS",
    ),
    Code(
        "REV-036",
        "packages of the review app are not installed",
        "pip install 'weighbridge[review]'",
    ),
    Code(
        "REV-037",
        "the request is not one that the review app takes",
        "go back and send less, or start again from the queue",
    ),
    Code(
        "REV-038",
        "there is no such page",
        "start again from the queue",
    ),
    Code(
        "REV-039",
        "the review app itself failed",
        "try again; when it stays, run `weighbridge doctor --into DIR` and look at what the server printed",
    ),
    Code(
        "REV-040",
        "the decision makes no rule",
        "decide on more records like it, or change the contract by hand",
    ),
)
