/** A valid OpenMetrics page, which each parser must accept. */
export const GOOD_OPENMETRICS = `# TYPE llm_requests counter
# HELP llm_requests Requests to a model.
llm_requests_total{model="gpt-5",note="a \\"b\\" \\\\ \\n"} 3 # {trace_id="abc"} 1.0 1700000000.5
# TYPE llm_duration_seconds histogram
# UNIT llm_duration_seconds seconds
# HELP llm_duration_seconds Duration.
llm_duration_seconds_bucket{le="0.5"} 1
llm_duration_seconds_bucket{le="+Inf"} 2
llm_duration_seconds_sum 3.25
llm_duration_seconds_count 2
# TYPE llm_ratio gauge
# HELP llm_ratio May be anything.
llm_ratio NaN
# EOF
`

/** The same in the text format. */
export const GOOD_TEXT = `# HELP llm_requests_total Requests to a model.
# TYPE llm_requests_total counter
llm_requests_total{model="gpt-5",note="a \\"b\\" \\\\ \\n"} 3
# HELP llm_duration_seconds Duration.
# TYPE llm_duration_seconds histogram
llm_duration_seconds_bucket{le="0.5"} 1
llm_duration_seconds_bucket{le="+Inf"} 2
llm_duration_seconds_sum 3.25
llm_duration_seconds_count 2
`

/** Pages with one error each: the error, the page, the parser's message. */
type BadPage = readonly [fault: string, page: string, complaint: RegExp]

export const BAD_FOR_OPENMETRICS: readonly BadPage[] = [
  ['no end mark', '# TYPE a gauge\na 1\n', /Missing # EOF/],
  ['text after the end mark', '# EOF\na 1\n', /after # EOF/],
  ['an empty line', '# TYPE a gauge\n\na 1\n# EOF\n', /blank line/],
  ['a unit that the name lacks', '# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n', /Unit does not match/],
  ['a counter that is NaN', '# TYPE a counter\na_total NaN\n# EOF\n', /cannot be NaN/],
  ['a counter below zero', '# TYPE a counter\na_total -1\n# EOF\n', /cannot be negative/],
  ['a family in two parts', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{x="1"} 1\n# EOF\n', /./],
  ['two types of one name', '# TYPE a gauge\n# TYPE a counter\na 1\n# EOF\n', /More than one TYPE/],
  ['a histogram without +Inf', '# TYPE a histogram\na_bucket{le="1"} 1\na_count 1\na_sum 1\n# EOF\n', /\+Inf/],
  ['buckets out of order', '# TYPE a histogram\na_bucket{le="2"} 1\na_bucket{le="1"} 1\n# EOF\n', /out of order/],
  ['an exemplar on a gauge', '# TYPE a gauge\na 1 # {t="1"} 1\n# EOF\n', /can have exemplars/],
  ['an exemplar with long labels', `# TYPE a counter\na_total 1 # {t="${'x'.repeat(128)}"} 1\n# EOF\n`, /too long/],
  ['an open quote', '# TYPE a gauge\na{x="1} 1\n# EOF\n', /./],
]

export const BAD_FOR_TEXT: readonly BadPage[] = [
  ['a value that is not a number', 'a one\n', /could not convert/],
  ['an open quote', 'a{x="1} 1\n', /./],
  ['no value', 'a{x="1"}\n', /./],
]

export const BAD_FOR_PROMTOOL: readonly BadPage[] = [
  ['a value that is not a number', 'a one\n', /expected float/],
  ['an open quote', 'a{x="1} 1\n', /./],
  ['two types of one name', '# TYPE a gauge\n# TYPE a counter\na 1\n', /second TYPE/],
  ['a type after its samples', 'a 1\n# TYPE a gauge\n', /TYPE reported after samples/],
]

/** Pages that a real scrape rejects, so that the whole target is down. */
export const BAD_FOR_A_SCRAPE: readonly BadPage[] = [
  ['no end mark', '# TYPE a gauge\na 1\n', /does not end with # EOF/],
  ['a value that is not a number', '# TYPE a gauge\na one\n# EOF\n', /invalid syntax|expected/],
  ['a label twice', '# TYPE a gauge\na{x="1",x="2"} 1\n# EOF\n', /label name "x" is not unique/],
  ['an open quote', '# TYPE a gauge\na{x="1} 1\n# EOF\n', /./],
]
