"""XES: declared defaults stay unknown, attributes of the trace belong to the trace, hostile XML is refused."""

from __future__ import annotations

import gzip

import pytest

from casetrail.errors import InputError

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">\n'
GLOBALS = """<global scope="trace">
<date key="end" value="1970-01-01T00:00:00.000+01:00"/><string key="kind" value="UNKNOWN"/></global>
<global scope="event"><string key="org:group" value="UNKNOWN"/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+01:00"/></global>
"""


def event(what="call", when="2007-03-04T10:00:00Z", more=""):
    time = f'<date key="time:timestamp" value="{when}"/>' if when else ""
    return f'<event><string key="concept:name" value="{what}"/>{time}{more}</event>\n'


def trace(name, *events, more=""):
    return f'<trace><string key="concept:name" value="{name}"/>{more}\n{"".join(events)}</trace>\n'


@pytest.fixture
def log(read):
    def reading(*traces, name="log.xes", head=HEAD + GLOBALS, **settings):
        settings = {"columns": {}} | settings
        return read(head + "".join(traces) + "</log>\n", name=name, **settings)

    return reading


def test_the_standard_names_need_no_mapping(log, keys):
    extract = log(trace("1", event("call"), event("visit")), trace("2", event("call")))

    assert extract.events["activity"].to_pylist() == ["call", "visit", "call"]
    one, two = keys.person("case", "1"), keys.person("case", "2")
    assert [one, one, two] == extract.events["person"].to_pylist()
    assert [int(place.split()[2].strip(",")) for place in extract.events["source_place"].to_pylist()] == [1, 2, 3]


def test_a_declared_default_is_unknown(log, faults):
    default = '<date key="end" value="1970-01-01T00:00:00+01:00"/>'  # the same instant in another spelling
    unknown = '<string key="org:group" value="UNKNOWN"/>'
    extract = log(
        trace("1", event(more=unknown), more=default),
        trace("2", event(when="1970-01-01T00:00:00.000+01:00"), more='<date key="end" value="2007-05-01"/>'),
        trace("UNKNOWN", event("UNKNOWN")),
        columns={"team": ("org:group",)},
        dates={"end": "case:end"},
    )

    assert extract.events["team"].to_pylist() == [None, None]
    assert extract.events["activity"].to_pylist() == ["call", "UNKNOWN"]  # not declared for concept:name
    assert [(fault[0], fault[3]) for fault in faults(extract)] == [(2, "missing_time")]
    assert extract.facts.num_rows == 1
    assert "'end' is unknown for 2 of 3 cases." in extract.notes
    assert "1 date in 'end' stood for 'unknown' and became unknown." in extract.notes


def test_missing_timestamps_are_set_aside(log, faults):
    extract = log(trace("1", event(when=None), event()))

    assert [(f[0], f[2], f[3]) for f in faults(extract)] == [(1, "time:timestamp", "missing_time")]
    assert extract.rows_in == 2


def test_nested_attributes_are_counted(log):
    nested = '<string key="a" value="b"><string key="concept:name" value="inner"/></string>'
    extract = log(trace("1", event(more=nested), more=nested.replace('"a"', '"b"')))

    assert extract.events["activity"].to_pylist() == ["call"]
    assert "2 attributes held further attributes inside; those were not read." in extract.notes


def test_trace_attributes_may_stand_behind_the_events(log, keys):
    late = "<trace>" + event() + '<string key="concept:name" value="7"/></trace>'

    assert [keys.person("case", "7")] == log(late).events["person"].to_pylist()


def test_an_unreadable_trace_attribute_costs_no_event(log):
    extract = log(trace("1", event(), event(), more='<string key="end" value="soon"/>'), dates={"end": "case:end"})

    assert (
        extract.rows_in,
        extract.rows_good,
        extract.rows_quarantined,
        extract.facts_quarantined,
    ) == (2, 2, 0, 1)
    assert extract.quarantine["code"].to_pylist() == ["unreadable_fact"]


def test_a_log_with_one_event_and_a_log_with_none(log):
    assert log(trace("1", event())).rows_good == 1
    extract = log(trace("1"), columns={"team": ("org:group",)})
    assert extract.rows_in == 0
    assert "1 case without any event." in extract.notes
    assert "The file has no records." in extract.notes


def test_events_outside_a_trace_have_no_person(log, faults):
    assert [fault[3] for fault in faults(log(event()))] == ["missing_person"]


def test_a_key_that_is_nowhere(log):
    with pytest.raises(InputError, match=r"'org:grup' \(near: 'org:group'\)") as excinfo:
        log(
            trace("1", event(more='<string key="org:group" value="A"/>')),
            columns={"team": ("org:grup",)},
        )
    assert excinfo.value.code == "missing_column"


def test_a_log_cut_short(read):
    whole = HEAD + "".join(trace(str(n), event(), event()) for n in range(2_000)) + "</log>"
    with pytest.raises(InputError, match=r"1,[0-9]{3} complete events came before that") as excinfo:
        read(whole[: len(whole) // 2 - 5_000], name="log.xes", columns={})
    assert excinfo.value.code == "broken_xml"
    packed = gzip.compress(whole.encode())
    with pytest.raises(InputError) as excinfo:
        read(packed[:-20], name="log.xes.gz", columns={})
    assert excinfo.value.code == "truncated_gzip"


def test_other_xml_and_no_xml(read):
    with pytest.raises(InputError) as excinfo:
        read("<children/>", name="log.xes", columns={})
    assert excinfo.value.code == "not_xes"
    with pytest.raises(InputError) as excinfo:
        read("who,what\n", name="log.xes", columns={})
    assert excinfo.value.code == "broken_xml"


BOMB = (
    '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize("padding", ["", "<!--" + "x" * 100_000 + "-->"])
def test_entity_bombs_and_outside_entities_are_refused(read, padding):
    body = '<log><trace><event><string key="a" value="&i;"/></event></trace></log>'
    with pytest.raises(InputError) as excinfo:
        read(padding + BOMB + body, name="log.xes", columns={})
    assert excinfo.value.code in {"xml_doctype", "broken_xml"}
    outside = '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/hostname">]><log><trace>&x;</trace></log>'
    with pytest.raises(InputError) as excinfo:
        read(padding + outside, name="log.xes", columns={})
    assert excinfo.value.code in {"xml_doctype", "broken_xml"}
    with pytest.raises(InputError) as excinfo:
        read((BOMB + body).encode("utf-16"), name="log.xes", columns={})
    assert excinfo.value.code == "xml_doctype"


def test_many_batches_keep_rows_together(log, keys, monkeypatch):
    monkeypatch.setattr("casetrail.records.xes.PROGRESS_EVERY", 3)
    traces = [trace(str(n), *(event(f"e{n}.{k}") for k in range(n % 4))) for n in range(20)]
    traces.append(trace("x", event("last", more='<string key="org:group" value="A"/>')))

    extract = log(*traces, columns={"team": ("org:group",)})

    expected = [(str(n), f"e{n}.{k}") for n in range(20) for k in range(n % 4)] + [("x", "last")]
    assert [keys.person("case", name) for name, _ in expected] == extract.events["person"].to_pylist()
    assert [what for _, what in expected] == extract.events["activity"].to_pylist()
    assert extract.events["team"].to_pylist() == [None] * 30 + ["A"]
