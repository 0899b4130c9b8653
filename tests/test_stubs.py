"""Every compiled module with something for Python has a stub, and the two say the same names."""

import ast
import importlib
import inspect

import pytest

from tests.helpers.paths import ROOT

STUBS = sorted([*ROOT.glob("engine/**/*.pyi"), *ROOT.glob("agents/**/*.pyi")])


def module_of(source):
    """The module that a file of the rooms is, by its dotted name."""
    place = source.relative_to(ROOT).with_suffix("")
    return importlib.import_module(".".join(["insei", *place.parts]))


def is_own(module, name, value):
    """Whether a name of a module was made there, and is for others."""
    if name.startswith("_") or inspect.ismodule(value):
        return False
    return getattr(value, "__module__", module.__name__) == module.__name__ and callable(value)


def stub_names(body):
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
    return found


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.stem)
def test_a_stub_names_what_its_module_has(stub):
    module = module_of(stub)
    told = stub_names(ast.parse(stub.read_text()).body)
    for name, node in told.items():
        assert hasattr(module, name), f"{stub.name} tells of {name}, which is not there"
        if isinstance(node, ast.ClassDef):
            check_class(stub, getattr(module, name), node)
        elif isinstance(node, ast.FunctionDef):
            check_arguments(f"{stub.name}: {name}", getattr(module, name), node)
    own = {name for name, value in vars(module).items() if is_own(module, name, value)}
    assert own <= set(told), f"{stub.name} is silent on {sorted(own - set(told))}"


def check_class(stub, found, node):
    told = stub_names(node.body)
    for name, member in told.items():
        is_field = isinstance(member, ast.AnnAssign)
        assert hasattr(found, name) or is_field, f"{stub.name}: {node.name}.{name} is not there"
        is_method = isinstance(member, ast.FunctionDef) and not member.decorator_list
        if is_method and not name.startswith("_"):  # slots of a type have names of their own
            check_arguments(f"{stub.name}: {node.name}.{name}", getattr(found, name), member)
    public = {name for name in vars(found) if not name.startswith("_")}
    assert public <= set(told), f"{stub.name}: {node.name} lacks {sorted(public - set(told))}"


def check_arguments(where, found, node):
    """The same names in the same order, and defaults for the same ones."""
    parameters = list(inspect.signature(found).parameters.values())
    if parameters and parameters[0].name == "self":
        parameters = parameters[1:]
    told = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    names = [argument.arg for argument in told if argument.arg != "self"]
    assert names == [parameter.name for parameter in parameters], where
    with_default = sum(each.default is not each.empty for each in parameters)
    given = len(node.args.defaults) + sum(default is not None for default in node.args.kw_defaults)
    assert given == with_default, where


def test_each_compiled_module_that_python_calls_has_a_stub():
    without = []
    for source in sorted([*ROOT.glob("engine/**/*.pyx"), *ROOT.glob("agents/**/*.pyx")]):
        module = module_of(source)
        own = [name for name, value in vars(module).items() if is_own(module, name, value)]
        if own and not source.with_suffix(".pyi").exists():
            without.append((source.name, own))
    assert without == []
