"""Validates documents by a JSON Schema with a validator that is not ours. Reads {"schema", "documents": [[name, text], ...]},
writes for each what is wrong with it, or null; "missing: ..." where a module is not there."""

import json
import sys

try:
    import jsonschema
    import tomllib
    import yaml
except ImportError as e:
    print(f"missing: {e.name}")
    sys.exit(0)


class Loader(yaml.SafeLoader):
    """YAML 1.2: on and off are words, numbers have no colons, and a key is there once."""

    def construct_mapping(self, node, deep=False):
        keys = [k.value for k, _ in node.value]
        if not all(isinstance(k, yaml.ScalarNode) for k, _ in node.value):
            raise yaml.YAMLError("a key is no word")
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError("a key is there twice")
        out = {k.value: self.construct_object(v, deep=True) for k, v in node.value}
        merges = out.pop("<<", [])
        for more in merges if isinstance(merges, list) else [merges]:
            if not isinstance(more, dict):
                raise yaml.YAMLError("<< takes a map")
            out = {**more, **out}
        return out


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", __import__("re").compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", __import__("re").compile("^-?[0-9]+$"), list("-0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", __import__("re").compile("^(~|null|)$"), ["~", "n", ""])
Loader.add_constructor("tag:yaml.org,2002:map", lambda l, n: l.construct_mapping(n))

task = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(task["schema"])
validator = jsonschema.Draft202012Validator(task["schema"])
out = []
for name, text in task["documents"]:
    try:
        document = tomllib.loads(text) if name.endswith(".toml") else json.loads(text) if name.endswith(".json") else yaml.load(text, Loader)
        error = next(validator.iter_errors(document), None)
        out.append(error and f"{'.'.join(map(str, error.absolute_path))}: {error.message[:120]}")
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as e:
        out.append(f"not readable: {e}"[:120])
json.dump(out, sys.stdout)
