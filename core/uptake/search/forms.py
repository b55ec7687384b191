"""Forms of words that a stemmer alone does not bring together: irregular plurals, British spellings, nouns of verbs.

Each word is mapped to the form whose stem it shares; texts and queries go through the same table.
"""

from __future__ import annotations

import re

IRREGULAR = {
    "women": "woman", "men": "man", "children": "child", "people": "person", "peoples": "person", "feet": "foot",
    "teeth": "tooth", "mice": "mouse", "geese": "goose", "lives": "life", "wives": "wife", "knives": "knife",
    "halves": "half", "selves": "self", "shelves": "shelf", "thieves": "thief", "loaves": "loaf", "wolves": "wolf",
    "criteria": "criterion", "phenomena": "phenomenon", "crises": "crisis", "bases": "basis", "analyses": "analysis",
    "policemen": "policeman", "policewomen": "policewoman", "fishermen": "fisherman", "servicemen": "serviceman",
    "servicewomen": "servicewoman", "indices": "index", "curricula": "curriculum", "media": "medium", "fora": "forum",
    "memoranda": "memorandum", "grandchildren": "grandchild", "stepchildren": "stepchild",
    "schoolchildren": "schoolchild", "ombudsmen": "ombudsman", "ombudswomen": "ombudswoman",
}  # fmt: skip
NOUNS = {
    "detention": "detain", "detentions": "detain", "detainee": "detain", "detainees": "detain",
    "ratification": "ratify", "ratifications": "ratify", "abolition": "abolish", "accession": "accede",
    "accessions": "accede",
}  # fmt: skip
SPELLINGS = {
    "programme": "program", "programmes": "program", "labour": "labor", "labours": "labor", "labourer": "laborer",
    "labourers": "laborer", "defence": "defense", "defences": "defense", "offence": "offense", "offences": "offense",
    "behaviour": "behavior", "behaviours": "behavior", "honour": "honor", "honours": "honor", "favour": "favor",
    "neighbour": "neighbor", "neighbours": "neighbor", "neighbouring": "neighboring", "colour": "color",
    "centre": "center", "centres": "center", "licence": "license", "licences": "license", "judgement": "judgment",
    "judgements": "judgment", "enrolment": "enrollment", "fulfil": "fulfill", "fulfils": "fulfill",
    "fulfilment": "fulfillment", "ageing": "aging", "paediatric": "pediatric",
}  # fmt: skip
_ENGLISH = IRREGULAR | NOUNS | SPELLINGS
_ISE = re.compile(r"(?<=\w{3})(?<=[aio]l|er|an|on|gn|as|at|it|ar|im|in)is(?=(?:e|ed|er|ers|es|ing|ations?|ational)$)")
_FRENCH_PLURAL = re.compile(r"(?<=\w\w[aiou])s$")
_FRENCH = {"travaux": "travail", "refus": "refus", "abus": "abus"}


def english(word: str) -> str:
    """``women`` → ``woman``, ``detention`` → ``detain``, ``criminalised`` → ``criminalized``."""
    found = _ENGLISH.get(word)
    if found is not None:
        return found
    return _ISE.sub("iz", word) if "is" in word else word


def french(word: str) -> str:
    """The plurals that Snowball leaves alone, as in ``lois`` and ``détenus``."""
    found = _FRENCH.get(word)
    return _FRENCH_PLURAL.sub("", word) if found is None else found
