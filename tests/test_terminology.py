"""What a code of a published system means: what the code itself says, and never more."""

from __future__ import annotations

import re

import pytest

from engine.base import KnowledgeBase
from engine.terminology import Meaning, rows
from knowledge.load import load

MILD, MORE = ("mild",), ("moderate", "severe")


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load()


def holds(group: str, severity: tuple[str, ...] = (), **more: object) -> Meaning:
    return Meaning.model_validate({"condition": group, "severity": severity, **more})


def perhaps(group: str, **more: object) -> Meaning:
    return holds(group, perhaps=True, **more)


def over(group: str) -> Meaning:
    return holds(group, status="in_remission")


def found(code: str, value: object = True) -> Meaning:
    return Meaning.model_validate({"finding": code, "value": value})


def happened(kind: str, past: bool = False) -> Meaning:
    return Meaning(event=kind, past=past)


OPIOID, ALCOHOL, SEDATIVE, CANNABIS, STIMULANT, TOBACCO = (
    f"{name}_use_disorder" for name in ("opioid", "alcohol", "sedative", "cannabis", "stimulant", "tobacco")
)
PREGNANT = found("patient.pregnancy", "pregnant")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("F10.20", {holds(ALCOHOL, MORE)}),
        ("F10.10", {holds(ALCOHOL, MILD)}),
        ("F10.21", {over(ALCOHOL)}),
        ("F10.11", {over(ALCOHOL)}),
        ("F10.230", {holds(ALCOHOL, MORE), holds("alcohol_withdrawal")}),
        ("F10.231", {holds(ALCOHOL, MORE), holds("alcohol_withdrawal"), found("withdrawal.prior_complicated")}),
        ("F10.130", {holds(ALCOHOL, MILD), holds("alcohol_withdrawal")}),
        ("F10.930", {perhaps(ALCOHOL), holds("alcohol_withdrawal")}),
        ("F10.27", {holds(ALCOHOL, MORE), holds("cognitive_impairment")}),
        ("F11.10", {holds(OPIOID, MILD)}),
        ("F11.20", {holds(OPIOID, MORE)}),
        ("F11.2", {holds(OPIOID, MORE)}),
        ("F11.21", {over(OPIOID)}),
        ("F11.23", {holds(OPIOID, MORE), holds("opioid_withdrawal")}),
        ("F11.222", {holds(OPIOID, MORE)}),
        ("F11.24", {holds(OPIOID, MORE), perhaps("depression"), perhaps("bipolar_disorder")}),
        ("F11.90", {perhaps(OPIOID)}),
        ("F11.91", {perhaps(OPIOID, status="in_remission")}),
        ("F11.93", {perhaps(OPIOID), holds("opioid_withdrawal")}),
        ("F11", {perhaps(OPIOID)}),
        ("F12.20", {holds(CANNABIS, MORE)}),
        ("F13.10", {holds(SEDATIVE, MILD)}),
        ("F13.239", {holds(SEDATIVE, MORE)}),
        ("F14.20", {holds(STIMULANT, MORE)}),
        ("F15.10", {holds(STIMULANT, MILD)}),
        ("F15.950", {perhaps(STIMULANT), perhaps("psychosis")}),
        ("F17.210", {holds(TOBACCO, MORE)}),
        ("F17.211", {over(TOBACCO)}),
        ("Z87.891", {over(TOBACCO)}),
        ("Z72.0", {perhaps(TOBACCO), found("use.tobacco")}),
        ("F19.20", {perhaps(OPIOID), perhaps(STIMULANT), perhaps(SEDATIVE), perhaps(CANNABIS)}),
        ("F16.20", set()),
        ("F32.0", {holds("depression", MILD)}),
        ("F33.1", {holds("depression", ("moderate",))}),
        ("F33.2", {holds("depression", ("severe",))}),
        ("F32.3", {holds("depression", ("severe",)), perhaps("psychosis")}),
        ("F32.A", {holds("depression")}),
        ("F33.41", {holds("depression")}),  # partial remission: symptoms are still there
        ("F33.42", {over("depression")}),
        ("F31.81", {holds("bipolar_disorder")}),
        ("F31.76", {holds("bipolar_disorder")}),  # its warnings go on while it is in remission
        ("F31.4", {holds("bipolar_disorder"), perhaps("depression")}),
        ("F03.94", {holds("cognitive_impairment"), perhaps("anxiety")}),
        ("F31.2", {holds("bipolar_disorder"), perhaps("psychosis")}),
        ("F41.1", {holds("anxiety")}),
        ("F43.10", {holds("ptsd")}),
        ("F43.12", {holds("ptsd")}),
        ("F43.0", {perhaps("ptsd")}),
        ("F20.9", {holds("psychosis")}),
        ("F25.0", {holds("psychosis"), perhaps("bipolar_disorder")}),
        ("F90.2", {holds("adhd")}),
        ("F60.3", {holds("borderline_personality")}),
        ("F63.0", {holds("gambling_disorder")}),
        ("F50.25", {over("eating_disorder")}),
        ("G40.909", {holds("seizure_disorder")}),
        ("K70.30", {holds("liver_disease"), perhaps("cirrhosis_decompensated"), perhaps(ALCOHOL)}),
        ("K70.31", {holds("liver_disease"), holds("cirrhosis_decompensated"), perhaps(ALCOHOL)}),
        ("K74.60", {holds("liver_disease"), perhaps("cirrhosis_decompensated")}),
        ("K72.90", {holds("liver_disease"), holds("cirrhosis_decompensated")}),
        ("E11.9", {holds("diabetes")}),
        ("E11.22", {holds("diabetes"), holds("kidney_disease")}),  # two groups in one code
        ("E11.3599", {holds("diabetes")}),
        ("E11.39", {holds("diabetes"), perhaps("glaucoma")}),
        ("I10", {perhaps("uncontrolled_hypertension")}),
        ("I45.81", {holds("long_qt")}),
        ("N18.4", {holds("kidney_disease")}),
        ("Z34.90", {PREGNANT}),
        ("O09.90", {PREGNANT}),
        ("Z33.1", {PREGNANT}),
        ("O99.320", {PREGNANT, perhaps(OPIOID), perhaps(STIMULANT), perhaps(SEDATIVE), perhaps(CANNABIS)}),
        ("O99.315", {found("patient.pregnancy", "postpartum"), perhaps(ALCOHOL)}),
        ("T40.1X1A", {happened("overdose"), found("overdose.ever")}),
        ("T40.1X1D", {happened("overdose", past=True), found("overdose.ever")}),
        ("T40.2X2A", {happened("overdose"), found("overdose.ever"), happened("suicide_attempt")}),
        ("T40.411A", {happened("overdose"), found("overdose.ever")}),
        ("T40.2X5A", set()),  # an adverse effect of what was taken as prescribed
        ("T14.91XA", {happened("suicide_attempt")}),
        ("T14.91XD", {happened("suicide_attempt", past=True)}),
        ("Z91.51", {happened("suicide_attempt", past=True)}),
        ("R45.851", {found("suicide.concern")}),
        ("Z59.02", {found("need.homelessness")}),
        ("Z65.1", {found("need.legal"), found("legal.criminal_justice")}),
        ("J06.9", set()),
        ("M54.50", set()),
        ("Z00.00", set()),
        ("K29.20", {perhaps(ALCOHOL)}),  # gastritis from alcohol, on no branch that says nothing
        ("D63.1", {holds("kidney_disease")}),
    ],
)
def test_an_icd_code_says_what_it_says(base: KnowledgeBase, code: str, says: set[Meaning]) -> None:
    found = base.terminology.conditions("icd10cm", code)
    assert found is not None
    assert set(found) == says
    assert len(found) == len(says)


@pytest.mark.parametrize(
    "code", ["F11.99X", "F11.16", "F11.3", "F99", "F1", "F11.20.1", "f-11", "", "T40.1X1", "X99", "B25.1", "E88.9", "\u0661\u0662"]
)
def test_a_code_that_no_value_set_holds_is_not_guessed(base: KnowledgeBase, code: str) -> None:
    assert base.terminology.conditions("icd10cm", code) is None


@pytest.mark.parametrize("written", ["F11.23", "f11.23", " F11.23 ", "F1123"])
def test_an_icd_code_is_the_same_with_and_without_its_dot(base: KnowledgeBase, written: str) -> None:
    assert base.terminology.conditions("icd10cm", written) == base.terminology.conditions("icd10cm", "F11.23")


def test_a_code_of_one_system_is_none_of_another(base: KnowledgeBase) -> None:
    assert base.terminology.conditions("snomed", "F11.20") is None
    assert base.terminology.ingredients("snomed", "6813") is None
    assert base.terminology.finding("snomed", "8480-6") is None


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("75544000", {holds(OPIOID)}),
        ("35489007", {holds("depression")}),
        ("47505003", {holds("ptsd")}),
        ("13746004", {holds("bipolar_disorder")}),
        ("32911000", {found("need.homelessness")}),
        ("6471006", {found("suicide.concern")}),
        ("160903007", set()),  # in full-time employment
    ],
)
def test_a_snomed_concept_says_what_its_title_says(base: KnowledgeBase, code: str, says: set[Meaning]) -> None:
    assert set(base.terminology.conditions("snomed", code) or ()) == says
    assert base.terminology.conditions("snomed", code) is not None


@pytest.mark.parametrize(
    ("system", "code", "contains", "whole"),
    [
        ("rxnorm", "6813", ("methadone",), True),
        ("rxnorm", "864706", ("methadone",), True),  # methadone hydrochloride 10 MG oral tablet
        ("rxnorm", "351266", ("buprenorphine_naloxone",), True),
        ("rxnorm", "1049221", ("acetaminophen", "oxycodone"), True),
        ("rxnorm", "197591", ("diazepam",), True),
        ("rxnorm", "312289", ("pentazocine",), True),  # with naloxone, which is not naloxone at hand
        ("snomed", "404642006", ("opioid",), True),
        ("snomed", "373270004", ("amoxicillin",), True),
        ("snomed", "762952008", (), True),  # peanut
        ("rxnorm", "999999", None, False),
    ],
)
def test_a_medicine_is_all_of_its_ingredients(
    base: KnowledgeBase, system: str, code: str, contains: tuple[str, ...] | None, whole: bool
) -> None:
    assert base.terminology.ingredients(system, code) == contains
    assert base.terminology.whole(system, code) is whole


def test_a_product_that_holds_more_than_we_know_is_not_wholly_understood(base: KnowledgeBase) -> None:
    held = {code for book in base.medicines.values() for code, one in rows(book.sets) if one.and_others}
    assert held
    assert not any(base.terminology.whole("rxnorm", code) for code in held)


@pytest.mark.parametrize(
    ("code", "entry"),
    [
        ("8480-6", "vital.systolic"),
        ("29463-7", "body.weight"),
        ("2160-0", "lab.creatinine"),
        ("33914-3", "lab.egfr"),
        ("14334-7", "lab.lithium"),
        ("8636-3", "lab.qtc"),
        ("751-8", "lab.anc"),
        ("3879-4", "tox.opioids"),
        ("44261-6", "phq9.total"),
    ],
)
def test_a_result_counts_for_its_finding(base: KnowledgeBase, code: str, entry: str) -> None:
    found = base.terminology.finding("loinc", code)
    assert found is not None
    assert found.code == entry


def test_no_branch_without_meaning_holds_a_code_with_one(base: KnowledgeBase) -> None:
    sets = [(code, one.says) for book in base.diagnoses.values() if book.system == "icd10cm" for code, one in rows(book.sets)]
    silent = {code.removesuffix("-") for code, says in sets if not says and code.endswith("-")}
    speaking = [code.removesuffix("-") for code, says in sets if says]
    assert len(silent) > 100
    assert [(code, end) for code in speaking for end in range(1, len(code) + 1) if code[:end] in silent] == []
    assert [code for code in silent for other in speaking if code.startswith(other) and f"{other}-" in dict(sets)] == []


def test_titles_name_what_they_are_said_to_mean(base: KnowledgeBase) -> None:
    """Withdrawal and remission stand in the title wherever a set claims them, and nowhere else in its chapter."""
    for book in base.diagnoses.values():
        for code, one in rows(book.sets):
            title = one.codes[code].lower()
            if any(meaning.status for meaning in one.says):
                assert "remission" in title or "history" in title, code
            if any((meaning.condition or "").endswith("_withdrawal") and not meaning.perhaps for meaning in one.says):
                assert "withdrawal" in title, code
            if any("severe" in meaning.severity and len(meaning.severity) == 1 for meaning in one.says):
                assert "severe" in title, code


NAMED = {
    "valproate": "valpro|divalpro",
    "buprenorphine_naloxone": "buprenorphine .*/ naloxone",
    "lithium": "lithium",
    "cholecalciferol": "cholecalciferol|vitamin d",
    "st_johns_wort": "john",
}


def test_a_product_is_every_ingredient_that_its_title_names_and_no_other(base: KnowledgeBase) -> None:
    names = {item: re.compile(rf"\b({NAMED.get(item, item.replace('_', ' '))})", re.IGNORECASE) for item in base.dictionary.ingredients}
    for name, book in base.medicines.items():
        for code, one in rows(book.sets) if name.startswith("rxnorm") else ():
            title = one.codes[code]
            for item in one.contains:
                assert names[item].search(title), (code, item, title)
            parts = {part for item in one.contains for part in (item, *base.dictionary.ingredients[item].classes)}
            if "opioid" in parts:  # bound into it against misuse: neither at hand for an overdose nor a treatment
                parts |= {"buprenorphine", "naloxone", "naltrexone"}
            rest = re.sub("ethinyl estradiol", "", title, flags=re.IGNORECASE)  # no form of estradiol
            missed = {item for item, pattern in names.items() if pattern.search(rest) and item not in parts}
            assert not missed, (code, title, missed)
