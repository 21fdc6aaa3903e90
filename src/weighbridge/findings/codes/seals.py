"""OUT from 030: bytes that hold classified values, sealed or withheld."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "OUT-030",
        "the original bytes were withheld: they hold classified values and there is no key to seal them with",
        "make a key with `weighbridge seal-key`, set WEIGHBRIDGE_SEAL_KEY_FILE to its file and run again with --again;"
        " until then read the bytes from the source at the places named",
    ),
    Code(
        "OUT-031",
        "sealed bytes cannot be opened",
        "set WEIGHBRIDGE_SEAL_KEY or WEIGHBRIDGE_SEAL_KEY_FILE to keys that include the one they were sealed with",
    ),
    Code(
        "OUT-032",
        "the sealing key cannot be used",
        "give one key a line, each made by `weighbridge seal-key`: 32 bytes as URL-safe base64; the first one seals",
    ),
    Code(
        "OUT-033",
        "sealed bytes are not what was sealed",
        "the table was changed outside Weighbridge: restore it from its backup or run the extract again",
    ),
)
