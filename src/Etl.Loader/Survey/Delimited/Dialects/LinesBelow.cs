using System.Buffers;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Lines right below the names that say more of the columns and are no rows: units, types, tags, the names again. The first line has to be a
/// whole header, and the values have to begin behind them.
/// </summary>
internal static class LinesBelow
{
    private const int Most = 3;

    private static readonly SearchValues<char> TagCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_+# ");

    private static readonly HashSet<string> Units = new(StringComparer.Ordinal)
    {
        "s", "sec", "ms", "us", "µs", "ns", "min", "h", "hr", "d", "m", "cm", "mm", "km", "µm", "nm", "ft", "in", "mi", "m2", "m²", "km2", "km²", "ha", "m3", "m³", "l", "ml", "L", "mL", "g", "kg", "mg", "µg", "ug", "t",
        "lb", "N", "kN", "J", "kJ", "W", "kW", "MW", "kWh", "MWh", "V", "mV", "kV", "A", "mA", "Hz", "kHz", "MHz", "GHz", "Pa", "hPa", "kPa", "MPa", "bar", "mbar", "°", "°C", "° C", "degC", "deg C", "°F", "K", "C", "F",
        "deg", "degrees", "rad", "%", "‰", "ppm", "ppb", "dB", "dBm", "pH", "m/s", "m s-1", "km/h", "m/s2", "m/s²", "g/l", "mg/l", "mg/L", "µg/l", "µg/m3", "µg/m³", "ug/m3", "mg/m3", "W/m2", "W/m²", "mmol/l", "mol", "mol/l",
        "EUR", "USD", "CHF", "GBP", "JPY", "€", "$", "£", "UTC", "GMT", "CET", "-", "--", "n/a", "none", "units", "unit", "count", "psu", "PSU", "NTU", "lux", "bytes", "kB", "MB", "GB", "px", "pixels", "YYYY-MM-DD", "yyyy-mm-dd", "dd.mm.yyyy",
        "DD.MM.YYYY", "dd/mm/yyyy", "mm/dd/yyyy", "HH:MM", "hh:mm", "HH:MM:SS", "hh:mm:ss", "seconds", "minutes", "hours", "days", "meters", "metres", "cfs", "mph", "knots", "kt",
    };

    private static readonly HashSet<string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        "int", "integer", "int32", "int64", "bigint", "smallint", "long", "float", "float64", "double", "real", "numeric", "decimal", "number", "string", "str", "text", "varchar", "char", "character", "date", "datetime",
        "timestamp", "time", "bool", "boolean", "object", "factor", "categorical", "nominal", "continuous", "discrete", "logical",
    };

    /// <param name="rows">The header first.</param>
    /// <returns>How many records below it are no rows.</returns>
    public static int Count(IReadOnlyList<SampleRecord> rows)
    {
        var header = rows[0];
        var below = 0;
        while (below < Most && below + 2 < rows.Count && rows[below + 1] is var record && record.Line == header.Line + below + 1 && record.Fields.Count == header.Fields.Count
            && (SaysMore(record) || record.Fields.Select(field => field.Text).SequenceEqual(header.Fields.Select(field => field.Text))))
        {
            below++;
        }

        if (below == 0 || header.Fields.Any(field => field.Text.Trim().Length == 0 || CellEvidence.IsTyped(field.Text))
            || header.Fields.Select(field => field.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() < header.Fields.Count)
        {
            return 0;
        }

        var body = rows.Skip(1 + below).Where(record => record.Fields.Count == header.Fields.Count).ToList();
        var typed = Enumerable.Range(0, header.Fields.Count).Where(column => HeaderEvidence.IsTyped(body, column)).ToList();

        // Numbers and dates begin behind them, and each says something of one: where it does not, it is a row without these values.
        return typed.Count > 0 && rows.Skip(1).Take(below).All(record => SaysMoreOf(typed.Select(column => record.Fields[column].Text.Trim()).ToList()))
            && !rows.Skip(1 + below).Take(1).Any(SaysMore) ? below : 0;
    }

    private static bool SaysMoreOf(List<string> texts) =>
        !texts.Exists(CellEvidence.IsTyped) && texts.Exists(text => text.Length > 0 && !CellEvidence.IsNullWord(text));

    /// <summary>All of its fields are units or types or tags, and at least one is.</summary>
    private static bool SaysMore(SampleRecord record)
    {
        var texts = record.Fields.Select(field => field.Text.Trim()).Where(text => text.Length > 0).ToList();
        return texts.Count > 0 && texts.Exists(text => text.Any(char.IsLetter) || text.Any(c => c is '%' or '‰' or '°' or '€' or '$'))
            && (texts.TrueForAll(IsUnit) || texts.TrueForAll(Types.Contains) || texts.TrueForAll(IsTag));
    }

    private static bool IsUnit(string text) => Units.Contains(text) || (text is ['[', .., ']'] or ['(', .., ')'] && text.Length < 24 && !CellEvidence.IsTyped(text[1..^1]));

    /// <summary>As humanitarian data is tagged: <c>#country+name</c>.</summary>
    private static bool IsTag(string text) => text is ['#', >= 'a' and <= 'z', ..] && text.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') is var end
        && (end < 0 || text.AsSpan(1 + end).IndexOfAnyExcept(TagCharacters) < 0);
}
