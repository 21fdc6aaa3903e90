"""One passing and one failing configuration of every core expectation, over one small frame."""

from __future__ import annotations

from typing import Any

import polars as pl

ROWS = pl.DataFrame(
    {
        "n": [1, 2, 3, 4, 5, 5],
        "m": [5, None, 3, 3, None, 1],
        "f": [1.5, 2.5, None, float("nan"), 10.0, 2.5],
        "s": ["ab", "abc", "b", None, "ab", "ax"],
        "t": ["ab", "x", "b", None, "zz", "ax"],
        "b": [True, False, None, True, True, False],
        "d": ["2024-01-05", "2024-02-30", "x", None, "2024-03-01", "2024-03-02"],
        "j": ['{"a": 1}', "[]", "{", None, '{"a": "x"}', "1"],
        "k": ['{"a": 1}', '{"a": "x"}', "{}", None, '{"a": null}', '{"a": 2}'],
        "u": [10, 20, 30, 40, 50, 60],
    },
    schema_overrides={"m": pl.Int64},
)

Pair = tuple[dict[str, Any], dict[str, Any]]

BOTH: dict[str, Pair] = {
    "expect_column_distinct_values_to_be_in_set": (
        {"column": "n", "value_set": [1, 2, 3, 4, 5, 6]},
        {"column": "s", "value_set": ["ab"]},
    ),
    "expect_column_distinct_values_to_contain_set": (
        {"column": "s", "value_set": ["ab", "b"]},
        {"column": "n", "value_set": [1, 9]},
    ),
    "expect_column_distinct_values_to_equal_set": (
        {"column": "m", "value_set": [1, 3, 5]},
        {"column": "s", "value_set": ["ab", "zz"]},
    ),
    "expect_column_kl_divergence_to_be_less_than": (
        {
            "column": "n",
            "partition_object": {"values": [1, 2, 3, 4, 5], "weights": [0.2] * 5},
            "threshold": 0.5,
        },
        {
            "column": "f",
            "partition_object": {"bins": [0.0, 2.0, 4.0, 12.0], "weights": [0.8, 0.1, 0.1]},
            "threshold": 0.01,
        },
    ),
    "expect_column_max_to_be_between": (
        {"column": "f", "min_value": 10, "max_value": 10},
        {"column": "n", "max_value": 5, "strict_max": True},
    ),
    "expect_column_mean_to_be_between": (
        {"column": "n", "min_value": 3, "max_value": 4},
        {"column": "f", "min_value": 5},
    ),
    "expect_column_median_to_be_between": (
        {"column": "m", "min_value": 3, "max_value": 3},
        {"column": "f", "max_value": 2},
    ),
    "expect_column_min_to_be_between": (
        {"column": "m", "min_value": 1},
        {"column": "f", "min_value": 2},
    ),
    "expect_column_most_common_value_to_be_in_set": (
        {"column": "s", "value_set": ["ab"]},
        {"column": "u", "value_set": [10, 20]},
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        {"column_A": "u", "column_B": "n"},
        {"column_A": "m", "column_B": "n", "ignore_row_if": "either_value_is_missing"},
    ),
    "expect_column_pair_values_to_be_equal": (
        {"column_A": "s", "column_B": "s"},
        {"column_A": "s", "column_B": "t", "mostly": 0.9},
    ),
    "expect_column_pair_values_to_be_in_set": (
        {"column_A": "n", "column_B": "u", "value_pairs_set": [[i, 10 * i] for i in range(9)], "mostly": 0.8},
        {"column_A": "n", "column_B": "u", "value_pairs_set": [[1, 10]]},
    ),
    "expect_column_proportion_of_non_null_values_to_be_between": (
        {"column": "s", "min_value": 0.8, "max_value": 0.9},
        {"column": "m", "min_value": 0.9},
    ),
    "expect_column_proportion_of_unique_values_to_be_between": (
        {"column": "n", "min_value": 0.8},
        {"column": "s", "max_value": 0.5},
    ),
    "expect_column_quantile_values_to_be_between": (
        {"column": "n", "quantile_ranges": {"quantiles": [0.1, 0.5], "value_ranges": [[1, 2], [None, 4]]}},
        {"column": "f", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[9, 10]]}},
    ),
    "expect_column_stdev_to_be_between": (
        {"column": "n", "min_value": 1, "max_value": 2},
        {"column": "u", "max_value": 1},
    ),
    "expect_column_sum_to_be_between": (
        {"column": "m", "min_value": 12, "max_value": 12},
        {"column": "n", "max_value": 3},
    ),
    "expect_column_to_exist": ({"column": "n", "column_index": 0}, {"column": "nope"}),
    "expect_column_type_to_be": ({"column": "n", "type_": "Int64"}, {"column": "s", "type_": "Int64"}),
    "expect_column_unique_value_count_to_be_between": (
        {"column": "n", "min_value": 5, "max_value": 5},
        {"column": "s", "min_value": 9},
    ),
    "expect_column_value_lengths_to_be_between": (
        {"column": "s", "min_value": 1, "max_value": 3},
        {"column": "s", "min_value": 1, "max_value": 2, "strict_max": True},
    ),
    "expect_column_value_lengths_to_equal": ({"column": "s", "value": 2, "mostly": 0.6}, {"column": "s", "value": 2}),
    "expect_column_value_z_scores_to_be_less_than": (
        {"column": "n", "threshold": 3, "double_sided": True},
        {"column": "f", "threshold": 1, "double_sided": False},
    ),
    "expect_column_values_to_be_between": (
        {"column": "n", "min_value": 1, "max_value": 5},
        {"column": "f", "min_value": 2, "max_value": 9, "strict_min": True},
    ),
    "expect_column_values_to_be_dateutil_parseable": ({"column": "d", "mostly": 0.6}, {"column": "d"}),
    "expect_column_values_to_be_decreasing": ({"column": "m"}, {"column": "n"}),
    "expect_column_values_to_be_in_set": (
        {"column": "s", "value_set": ["ab", "abc", "b", "ax"]},
        {"column": "m", "value_set": [1, 5]},
    ),
    "expect_column_values_to_be_in_type_list": (
        {"column": "n", "type_list": ["Int64", "String"]},
        {"column": "n", "type_list": ["String"]},
    ),
    "expect_column_values_to_be_increasing": ({"column": "n"}, {"column": "n", "strictly": True}),
    "expect_column_values_to_be_json_parseable": ({"column": "j", "mostly": 0.8}, {"column": "j"}),
    "expect_column_values_to_be_null": ({"column": "m", "mostly": 0.3}, {"column": "m"}),
    "expect_column_values_to_be_of_type": ({"column": "f", "type_": "Float64"}, {"column": "f", "type_": "Int64"}),
    "expect_column_values_to_be_unique": ({"column": "u"}, {"column": "n"}),
    "expect_column_values_to_match_json_schema": (
        {"column": "k", "json_schema": {"type": "object"}},
        {"column": "k", "json_schema": {"properties": {"a": {"type": "integer"}}}},
    ),
    "expect_column_values_to_match_like_pattern": (
        {"column": "s", "like_pattern": "a%", "mostly": 0.8},
        {"column": "s", "like_pattern": "a_"},
    ),
    "expect_column_values_to_match_like_pattern_list": (
        {"column": "s", "like_pattern_list": ["a%", "b"], "match_on": "any"},
        {"column": "s", "like_pattern_list": ["a%", "%b"], "match_on": "all"},
    ),
    "expect_column_values_to_match_regex": ({"column": "s", "regex": "^[ab]"}, {"column": "t", "regex": "^[ab]"}),
    "expect_column_values_to_match_regex_list": (
        {"column": "t", "regex_list": ["^a", "z", "x", "b"], "match_on": "any"},
        {"column": "t", "regex_list": ["^a", "b"], "match_on": "all"},
    ),
    "expect_column_values_to_match_strftime_format": (
        {"column": "d", "strftime_format": "%Y-%m-%d", "mostly": 0.6},
        {"column": "d", "strftime_format": "%Y-%m-%d"},
    ),
    "expect_column_values_to_not_be_in_set": (
        {"column": "s", "value_set": ["zz"]},
        {"column": "n", "value_set": [5, 9]},
    ),
    "expect_column_values_to_not_be_null": ({"column": "n"}, {"column": "f"}),
    "expect_column_values_to_not_be_outliers": (
        {"column": "n", "method": "iqr", "multiplier": 1.5},
        {"column": "f", "method": "std", "multiplier": 1},
    ),
    "expect_column_values_to_not_match_like_pattern": (
        {"column": "s", "like_pattern": "z%"},
        {"column": "s", "like_pattern": "ab%"},
    ),
    "expect_column_values_to_not_match_like_pattern_list": (
        {"column": "s", "like_pattern_list": ["z%", "q_"]},
        {"column": "s", "like_pattern_list": ["z%", "_b"]},
    ),
    "expect_column_values_to_not_match_regex": ({"column": "s", "regex": "z"}, {"column": "s", "regex": "b$"}),
    "expect_column_values_to_not_match_regex_list": (
        {"column": "s", "regex_list": ["z", "q"]},
        {"column": "s", "regex_list": ["z", "x"]},
    ),
    "expect_compound_columns_to_be_unique": (
        {"column_list": ["n", "u"]},
        {"column_list": ["s", "b"], "mostly": 0.9},
    ),
    "expect_multicolumn_sum_to_equal": (
        {"column_list": ["n", "m"], "sum_total": 6, "ignore_row_if": "any_value_is_missing", "mostly": 0.7},
        {"column_list": ["n", "u"], "sum_total": 11},
    ),
    "expect_multicolumn_values_to_be_equal": (
        {"column_list": ["s", "s"]},
        {"column_list": ["s", "t"], "ignore_row_if": "any_value_is_missing"},
    ),
    "expect_select_column_values_to_be_unique_within_record": (
        {"column_list": ["n", "u"]},
        {"column_list": ["s", "t"]},
    ),
    "expect_table_column_count_to_be_between": ({"min_value": 10, "max_value": 10}, {"max_value": 3}),
    "expect_table_column_count_to_equal": ({"value": 10}, {"value": 8}),
    "expect_table_columns_to_match_ordered_list": (
        {"column_list": ["n", "m", "f", "s", "t", "b", "d", "j", "k", "u"]},
        {"column_list": ["m", "n"]},
    ),
    "expect_table_columns_to_match_set": (
        {"column_set": ["u", "n"], "exact_match": False},
        {"column_set": ["u", "n"], "exact_match": True},
    ),
    "expect_table_row_count_to_be_between": ({"min_value": 1, "max_value": 6}, {"min_value": 7}),
    "expect_table_row_count_to_equal": ({"value": 6}, {"value": 5}),
    "expect_table_row_count_to_equal_other_table": ({"other_table_name": "six"}, {"other_table_name": "one"}),
    "unexpected_rows_expectation": (
        {"unexpected_rows_query": "SELECT * FROM {batch} WHERE n > 9"},
        {"unexpected_rows_query": "SELECT * FROM {batch} WHERE n > 4"},
    ),
    "expect_query_results_to_match_comparison": (
        {
            "base_query": "SELECT COUNT(*) AS c FROM {batch}",
            "comparison_data_source_name": "other",
            "comparison_query": "SELECT 6 AS c FROM six LIMIT 1",
        },
        {
            "base_query": "SELECT n FROM {batch}",
            "comparison_data_source_name": "other",
            "comparison_query": "SELECT n FROM six WHERE n < 3",
        },
    ),
}
"""By type of expectation, the arguments it is met with and those it is not met with."""

TABLES = {"six": ROWS, "one": ROWS.head(1)}
"""What expectations name beside the batch."""

NOT_ON_PANDAS = frozenset(
    {
        "expect_column_type_to_be",
        "expect_column_values_to_be_in_type_list",
        "expect_column_values_to_be_of_type",
        "expect_column_values_to_match_like_pattern",
        "expect_column_values_to_match_like_pattern_list",
        "expect_column_values_to_not_match_like_pattern",
        "expect_column_values_to_not_match_like_pattern_list",
        "expect_query_results_to_match_comparison",
        "expect_table_row_count_to_equal_other_table",
        "unexpected_rows_expectation",
    }
)
"""What the engine on pandas cannot answer, or answers in its own names of types."""
