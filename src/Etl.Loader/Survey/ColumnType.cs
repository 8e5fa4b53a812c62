using System.Text.Json.Serialization;

namespace Etl.Loader.Survey;

/// <summary>The types that columns are proven to have; a target maps each to one of its own.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TypeKind>))]
internal enum TypeKind
{
    /// <summary>No value at all: keeps the existing column's type on a reload, text on a first load.</summary>
    Empty,
    Boolean,

    /// <summary>By declaration or in a table that has it: whole numbers of <see cref="ColumnType.Precision"/> bits, 16 or 32.</summary>
    Integer,

    /// <summary>-2^63 … 2^63-1, canonical digits only.</summary>
    BigInt,

    /// <summary>Exact decimal; precision and scale say what was seen.</summary>
    Numeric,

    /// <summary>Only from sources that are binary floating point themselves (Parquet), or by schema.</summary>
    Float8,
    Date,
    Time,

    /// <summary>Without zone, as written.</summary>
    Timestamp,

    /// <summary>Written with Z or +00:00.</summary>
    TimestampTz,
    Uuid,
    Json,
    Bytes,
    Text,
}

/// <summary>
/// A proven type. For <see cref="TypeKind.Numeric"/> precision is the count of digits and scale those after the point; of a declared
/// <see cref="TypeKind.Text"/> precision is the count of characters that it holds, 0 being any.
/// </summary>
internal readonly record struct ColumnType(TypeKind Kind, int Precision = 0, int Scale = 0)
{
    public static ColumnType Text => new(TypeKind.Text);
}
