"""The core expectations, as far as their verdict follows from figures of one scan: metric and arguments of each.

Names, arguments and defaults are those of Great Expectations; a test holds them against it. What is
not here needs Great Expectations itself, or a second source of data.
"""

from __future__ import annotations

from collections.abc import Mapping

MAPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "expect_column_values_to_not_be_null": ("column_values.nonnull", ()),
    "expect_column_values_to_be_null": ("column_values.null", ()),
    "expect_column_values_to_be_between": (
        "column_values.between",
        ("min_value", "max_value", "strict_min", "strict_max"),
    ),
    "expect_column_values_to_be_in_set": ("column_values.in_set", ("value_set",)),
    "expect_column_values_to_not_be_in_set": ("column_values.not_in_set", ("value_set",)),
    "expect_column_values_to_be_unique": ("column_values.unique", ()),
    "expect_column_values_to_be_increasing": ("column_values.increasing", ("strictly",)),
    "expect_column_values_to_be_decreasing": ("column_values.decreasing", ("strictly",)),
    "expect_column_value_lengths_to_equal": ("column_values.value_length.equals", ("value",)),
    "expect_column_value_lengths_to_be_between": (
        "column_values.value_length.between",
        ("min_value", "max_value", "strict_min", "strict_max"),
    ),
    "expect_column_values_to_match_regex": ("column_values.match_regex", ("regex",)),
    "expect_column_values_to_not_match_regex": ("column_values.not_match_regex", ("regex",)),
    "expect_column_values_to_match_regex_list": ("column_values.match_regex_list", ("regex_list", "match_on")),
    "expect_column_values_to_not_match_regex_list": ("column_values.not_match_regex_list", ("regex_list",)),
    "expect_column_values_to_match_like_pattern": ("column_values.match_like_pattern", ("like_pattern", "escape")),
    "expect_column_values_to_not_match_like_pattern": (
        "column_values.not_match_like_pattern",
        ("like_pattern", "escape"),
    ),
    "expect_column_values_to_match_like_pattern_list": (
        "column_values.match_like_pattern_list",
        ("like_pattern_list", "match_on", "escape"),
    ),
    "expect_column_values_to_not_match_like_pattern_list": (
        "column_values.not_match_like_pattern_list",
        ("like_pattern_list", "escape"),
    ),
    "expect_column_values_to_match_strftime_format": ("column_values.match_strftime_format", ("strftime_format",)),
    "expect_column_values_to_be_dateutil_parseable": ("column_values.dateutil_parseable", ()),
    "expect_column_values_to_be_json_parseable": ("column_values.json_parseable", ()),
    "expect_column_values_to_match_json_schema": ("column_values.match_json_schema", ("json_schema",)),
    "expect_column_value_z_scores_to_be_less_than": (
        "column_values.z_score.under_threshold",
        ("threshold", "double_sided"),
    ),
    "expect_column_values_to_not_be_outliers": ("column_values.not_outliers", ("method", "multiplier")),
    "expect_column_pair_values_to_be_equal": ("column_pair_values.equal", ()),
    "expect_column_pair_values_a_to_be_greater_than_b": ("column_pair_values.a_greater_than_b", ("or_equal",)),
    "expect_column_pair_values_to_be_in_set": ("column_pair_values.in_set", ("value_pairs_set",)),
    "expect_compound_columns_to_be_unique": ("compound_columns.unique", ()),
    "expect_multicolumn_sum_to_equal": ("multicolumn_sum.equal", ("sum_total",)),
    "expect_multicolumn_values_to_be_equal": ("multicolumn_values.equal", ()),
    "expect_select_column_values_to_be_unique_within_record": ("select_column_values.unique.within_record", ()),
}
"""Of rows, by type: the map metric and its arguments."""

BETWEEN: Mapping[str, str] = {
    "expect_column_max_to_be_between": "column.max",
    "expect_column_min_to_be_between": "column.min",
    "expect_column_mean_to_be_between": "column.mean",
    "expect_column_median_to_be_between": "column.median",
    "expect_column_sum_to_be_between": "column.sum",
    "expect_column_stdev_to_be_between": "column.standard_deviation",
    "expect_column_unique_value_count_to_be_between": "column.distinct_values.count",
    "expect_column_proportion_of_unique_values_to_be_between": "column.unique_proportion",
    "expect_column_proportion_of_non_null_values_to_be_between": "column.non_null_proportion",
    "expect_table_row_count_to_be_between": "table.row_count",
    "expect_table_column_count_to_be_between": "table.column_count",
}
"""One figure between two bounds, by type: the metric."""

OTHERS: Mapping[str, tuple[str, ...]] = {
    "expect_column_distinct_values_to_be_in_set": ("column", "value_set"),
    "expect_column_distinct_values_to_contain_set": ("column", "value_set"),
    "expect_column_distinct_values_to_equal_set": ("column", "value_set"),
    "expect_column_kl_divergence_to_be_less_than": (
        "column",
        "partition_object",
        "threshold",
        "bucketize_data",
        "tail_weight_holdout",
        "internal_weight_holdout",
        "min_value",
        "max_value",
    ),
    "expect_column_most_common_value_to_be_in_set": ("column", "value_set", "ties_okay"),
    "expect_column_quantile_values_to_be_between": ("column", "quantile_ranges", "allow_relative_error"),
    "expect_column_to_exist": ("column", "column_index"),
    "expect_column_type_to_be": ("column", "type_"),
    "expect_column_values_to_be_of_type": ("column", "type_", "mostly"),
    "expect_column_values_to_be_in_type_list": ("column", "type_list", "mostly"),
    "expect_table_column_count_to_equal": ("value",),
    "expect_table_row_count_to_equal": ("value",),
    "expect_table_columns_to_match_ordered_list": ("column_list",),
    "expect_table_columns_to_match_set": ("column_set", "exact_match"),
    "unexpected_rows_expectation": ("unexpected_rows_query",),
}
"""The rest, by type: their arguments."""

ELSEWHERE: Mapping[str, str] = {
    "expect_multicolumn_values_to_be_unique": "Great Expectations has given it up for one within the record",
    "expect_query_results_to_match_comparison": "it asks a second data source: run it with Great Expectations",
    "expect_table_row_count_to_equal_other_table": "it asks a second table: run it with Great Expectations",
}
"""Core expectations that cannot ride on a plan, with the reason."""

OPTIONAL = frozenset(
    {
        "min_value",
        "max_value",
        "strict_min",
        "strict_max",
        "strictly",
        "bucketize_data",
        "tail_weight_holdout",
        "internal_weight_holdout",
        "match_on",
        "escape",
        "method",
        "multiplier",
        "or_equal",
        "ties_okay",
        "allow_relative_error",
        "column_index",
        "exact_match",
        "mostly",
        "ignore_row_if",
    }
)
"""Arguments that may be left out."""

EVERYWHERE = frozenset({"row_condition", "condition_parser", "result_format", "catch_exceptions", "meta", "severity"})
"""Arguments every expectation takes."""


def arguments_of(kind: str) -> tuple[str, ...]:
    """Return the arguments of an expectation, those that every one takes left out.

    Raises:
        KeyError: it is none that can ride on a plan.
    """
    if kind in OTHERS:
        return OTHERS[kind]
    if kind in BETWEEN:
        column = () if kind.startswith("expect_table") else ("column",)
        strict = () if kind == "expect_table_column_count_to_be_between" else ("strict_min", "strict_max")
        return (*column, "min_value", "max_value", *strict)
    metric, own = MAPS[kind]
    if metric.startswith("column_values."):
        return ("column", *own, "mostly")
    if metric.startswith("column_pair_values."):
        return ("column_A", "column_B", *own, "mostly", "ignore_row_if")
    return ("column_list", *own, "mostly", "ignore_row_if")
