"""Editing: a number as its picture prints it.

Source: IBM Enterprise COBOL 6.4 Language Reference, "PICTURE clause editing".
"""

from __future__ import annotations

from weighbridge.legacy.copybook.picture import Picture, symbol_runs


def edit(number: int, picture: Picture) -> str:
    """Return the characters of an edited item that holds `number`.

    Args:
        number: an integer of the picture's scale.
        picture: an edited picture.
    """
    written = [symbol for symbol, count, _ in symbol_runs(picture.text) for _ in range(count)]
    symbols = [symbol for symbol in written if symbol not in "SVP"]
    point = "," if picture.decimal_comma else "."
    floating = next((s for s in "+-$" if symbols.count(s) > 1), "")
    digits = iter(str(abs(number)).rjust(picture.digits, "0"))
    out: list[str] = []
    significant = False
    last_blank = -1
    seen_floating = False
    for at, symbol in enumerate(symbols):
        if symbol in ("CR", "DB"):
            out.append(symbol if number < 0 else "  ")
        elif symbol in ("9", "Z", "*") or (symbol == floating and seen_floating):
            digit = next(digits)
            significant = significant or digit != "0" or symbol == "9"
            blank = "*" if symbol == "*" else " "
            last_blank = last_blank if significant else len(out)
            out.append(digit if significant else blank)
        elif symbol == floating:
            seen_floating = True
            last_blank = len(out)
            out.append(" ")
        elif symbol == point:
            significant = True
            out.append(point)
        elif symbol in ",.":
            shown = significant or not any(s in "Z*" or s == floating for s in symbols[:at])
            if not shown:
                last_blank = len(out)
            out.append(symbol if shown else ("*" if "*" in symbols else " "))
        elif symbol in "+-":
            out.append("-" if number < 0 else symbol.replace("-", " "))
        else:
            out.append(" " if symbol == "B" else symbol)
    if floating and last_blank >= 0:
        out[last_blank] = floating if floating == "$" else "-" if number < 0 else "+" if floating == "+" else " "
    text = "".join(out)
    if written[0] == "S":
        last = int(text[-1])
        text = text[:-1] + ("}JKLMNOPQR" if number < 0 else "{ABCDEFGHI")[last]
    return text
