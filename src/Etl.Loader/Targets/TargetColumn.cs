using Etl.Loader.Survey;

namespace Etl.Loader.Targets;

/// <summary>A column to load: which of the dataset's columns (by position) goes under which name with which type.</summary>
/// <param name="Ordinal">Position in the dataset's records, from 0.</param>
/// <param name="SourceName">The header as it is in the dataset.</param>
/// <param name="Name">The normalised name in the table, unquoted.</param>
internal sealed record TargetColumn(int Ordinal, string SourceName, string Name, ColumnType Type);
