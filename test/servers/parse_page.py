"""Reads exposition pages with the parsers of the Prometheus Python client: the strict OpenMetrics one and the text one.

parse_page.py openmetrics|text    one page on standard input, one JSON answer on standard output
parse_page.py --lines             one JSON request a line, {"format": ..., "page": ...}, one JSON answer a line

An answer is {"families": [...]} or {"error": "..."}. Numbers that JSON lacks are the strings "NaN", "+Inf", "-Inf".
"""

import json
import math
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

PARSERS = {"openmetrics": parse_openmetrics, "text": parse_text}


def number(value):
    if value is None:
        return None
    value = float(value)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"


def exemplar(found):
    if found is None:
        return None
    return {"labels": found.labels, "value": number(found.value), "timestamp": number(found.timestamp)}


def sample(found):
    return {
        "name": found.name,
        "labels": found.labels,
        "value": number(found.value),
        "timestamp": number(found.timestamp),
        "exemplar": exemplar(found.exemplar),
    }


def family(found):
    return {
        "name": found.name,
        "type": found.type,
        "help": found.documentation,
        "unit": found.unit,
        "samples": [sample(each) for each in found.samples],
    }


def answer(format_name, page):
    try:
        return {"families": [family(each) for each in PARSERS[format_name](page)]}
    except Exception as error:  # the parsers refuse with ValueError, but also with IndexError and KeyError
        return {"error": f"{type(error).__name__}: {error}"}


def main(mode):
    if mode != "--lines":
        try:
            page = sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError as error:
            print(json.dumps({"error": f"not UTF-8: {error}"}))
            return
        print(json.dumps(answer(mode, page)))
        return
    for line in sys.stdin.buffer:
        request = json.loads(line)
        print(json.dumps(answer(request["format"], request["page"])), flush=True)


main(sys.argv[1])
