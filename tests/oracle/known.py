"""The known classes of disagreement between our engine and the oracle.

A class is one rule of AWS's documentation that the oracle does not follow; disagreements.md explains it under the same
name. Here it is a rewriting: by that rule the rewritten case means the same, but is spelled so that the oracle reads it
right. A disagreement is explained when the oracle, asked again with the rewritten case, gives our answer.
"""
import copy
import datetime
import ipaddress
import json
import re

VARIABLE = re.compile(r"\$\{([^}]*)\}")


def listed(value):
    return value if isinstance(value, list) else [value]


def documents(case):
    """Every policy document of a case."""
    for name, value in case.items():
        if name == "resource_policy":
            yield value
        elif name.endswith(("_policies", "_boundaries")):
            for entry in value:
                yield from listed(entry)


def statements(case, current_version_only=True):
    for document in documents(case):
        if not current_version_only or document.get("Version") == "2012-10-17":
            yield from listed(document["Statement"])


def lookup(case, key):
    return next((value for name, value in case["request"]["context"].items() if name.lower() == key.lower()), None)


def without_value(case, text):
    """Whether the text has a variable that neither the request nor a default gives a (single) value."""
    for inner in VARIABLE.findall(str(text)):
        if inner not in ("*", "?", "$") and "," not in inner and not isinstance(lookup(case, inner), str):
            return True
    return False


def conditions(statement):
    """(block, key) of each condition of a statement, with the operator's parts."""
    for operator, block in statement.get("Condition", {}).items():
        quantifier, _, plain = operator.rpartition(":")
        base = plain[:-len("IfExists")] if plain.endswith("IfExists") else plain
        for key in list(block):
            yield quantifier, base, plain != base, block, key


def variables_need_the_current_version(case):
    def literal(node, in_condition=False):
        if isinstance(node, str):
            return node.replace("${", "${$}{")
        if isinstance(node, list):
            return [literal(item) for item in node]
        return node
    for document in documents(case):
        if document.get("Version") == "2012-10-17":
            continue
        document["Version"] = "2012-10-17"
        for statement in listed(document["Statement"]):
            for element in ("Resource", "NotResource"):
                if element in statement:
                    statement[element] = literal(statement[element])
            for _, _, _, block, key in conditions(statement):
                block[key] = literal(block[key])


def variable_without_value_in_not_resource(case):
    for statement in statements(case):
        if "NotResource" in statement:
            left = [text for text in listed(statement["NotResource"]) if not without_value(case, text)]
            statement["NotResource"] = left or ["arn:aws:none:::matches-no-resource"]


def variable_without_value_in_negated_condition(case):
    for statement in statements(case):
        for _, base, _, block, key in conditions(statement):
            if "Not" in base and not base.startswith("NotIp"):
                left = [value for value in listed(block[key]) if not without_value(case, value)]
                block[key] = left or (["arn:aws:none:::equals-nothing"] if base.startswith("Arn") else ["equals nothing"])


def variable_read_as_parts_of_an_arn(case):
    def value_of(match):
        key, _, default = match[1].partition(",")
        value = lookup(case, key.strip())
        value = value if isinstance(value, str) else default.strip()[1:-1] if default else None
        return match[0] if value is None else re.sub(r"[*?$]", lambda wildcard: "${" + wildcard[0] + "}", value)
    for statement in statements(case):
        for element in ("Resource", "NotResource"):
            if element in statement:
                statement[element] = [VARIABLE.sub(value_of, text) for text in listed(statement[element])]
        for _, base, _, block, key in conditions(statement):
            if base.startswith("Arn"):
                block[key] = [VARIABLE.sub(value_of, value) for value in listed(block[key])]


def epoch_beside_iso_date(case):
    def seconds(value):
        if re.fullmatch(r"\d+", str(value)):
            return value
        date = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        return str(int((date if date.tzinfo else date.replace(tzinfo=datetime.timezone.utc)).timestamp()))
    for statement in statements(case, current_version_only=False):
        for _, base, _, block, key in conditions(statement):
            if base.startswith("Date") and key.lower() == "aws:epochtime":
                block[key] = [seconds(value) for value in listed(block[key])]


def address_without_prefix(case):
    for statement in statements(case, current_version_only=False):
        for _, base, _, block, key in conditions(statement):
            if base.endswith("IpAddress"):
                block[key] = [str(ipaddress.ip_network(value, strict=False)) for value in listed(block[key])]


def session_granted_directly(case):
    request, policy = case["request"], case.get("resource_policy")
    same_account = f":{request['resource_account']}:" in request["principal"]
    if not (policy and same_account and case.get("session_policies")):
        return
    # A role named by its own ARN is limited by the session policy; its session, or everyone, is not.
    for statement in listed(policy["Statement"]):
        principal = statement.get("Principal")
        named = ["*"] if principal == "*" else listed((principal or {}).get("AWS", []))
        if statement["Effect"] == "Allow" and set(named) & ({"*"} if ":role/" in request["principal"] else {"*", request["principal"]}):
            break
    else:
        return
    for document in case["session_policies"]:
        document["Statement"] = listed(document["Statement"]) + [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def role_without_trust_policy(case):
    if case["request"]["action"] == "sts:AssumeRole" and "resource_policy" not in case:
        case["resource_policy"] = {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Service": "nobody.amazonaws.com"}, "Action": "sts:AssumeRole"}}


# In this order they may all be applied, one after the other.
CLASSES = {function.__name__.replace("_", "-"): function for function in (
    variables_need_the_current_version, variable_without_value_in_not_resource, variable_without_value_in_negated_condition,
    variable_read_as_parts_of_an_arn, epoch_beside_iso_date, address_without_prefix,
    session_granted_directly, role_without_trust_policy)}


def rewritten(case):
    """[(name of the class, the case rewritten by it)] for each class that changes the case, and at last for all of them
    together, under their names joined."""
    result, together, names = [], copy.deepcopy(case), []
    for name, rewrite in CLASSES.items():
        alone = copy.deepcopy(case)
        rewrite(alone)
        before = json.dumps(together)
        rewrite(together)
        if json.dumps(alone) != json.dumps(case):
            result.append((name, alone))
        if json.dumps(together) != before:
            names.append(name)
    if len(names) > 1:
        result.append((" + ".join(names), together))
    return result
