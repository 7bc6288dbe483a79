import pytest

from airflow_tune.settings import conversion
from airflow_tune.versions import AirflowVersion

OLD, NEW = AirflowVersion("2.11.2"), AirflowVersion("3.3.2")


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 7 ", 7), ("-1", -1), ("1_000", 1000), ("٣", 3)])
def test_integers(text, number):
    assert conversion.as_integer(text, OLD) == number
    assert conversion.as_integer(text, NEW) == number


@pytest.mark.parametrize("text", ["", '"7"', "7 # note", "0x10", "1.5", "nan", "inf", "1e400", "abc"])
def test_what_is_no_integer(text):
    for version in (OLD, NEW):
        with pytest.raises(ValueError, match="is no whole number"):
            conversion.as_integer(text, version)


@pytest.mark.parametrize("version", ["2.7", "2.11.2", "3.0.6", "3.1.8"])
def test_old_releases_refuse_a_whole_float(version):
    with pytest.raises(ValueError, match="is no whole number"):
        conversion.as_integer("32.0", AirflowVersion(version))


@pytest.mark.parametrize("version", ["3.2.0", "3.3.2", "4.0"])
def test_new_releases_take_it(version):
    assert conversion.as_integer("32.0", AirflowVersion(version)) == 32


def test_floats():
    assert conversion.as_float("1e3") == 1000.0
    with pytest.raises(ValueError, match="is no number"):
        conversion.as_float("7 # note")


@pytest.mark.parametrize("text", ["True", "t", "1", " TRUE # on", "true#"])
def test_true(text):
    assert conversion.as_boolean(text) is True


@pytest.mark.parametrize("text", ["False", "f", "0", " fALSE "])
def test_false(text):
    assert conversion.as_boolean(text) is False


@pytest.mark.parametrize("text", ["", "yes", "# true", "tru", "none", '"true"', "2"])
def test_neither(text):
    with pytest.raises(ValueError, match="is none of true"):
        conversion.as_boolean(text)


def test_by_type():
    assert conversion.convert("7", "integer", OLD) == 7
    assert conversion.convert("7", "float", OLD) == 7.0
    assert conversion.convert("1", "boolean", OLD) is True
    assert conversion.convert("7", "string", OLD) == "7"
