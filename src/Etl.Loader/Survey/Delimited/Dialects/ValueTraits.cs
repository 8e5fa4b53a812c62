namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>The traits of a value that show whether it belongs in a column.</summary>
[Flags]
internal enum ValueTraits
{
    None = 0,
    Number = 1,
    Date = 2,
    Time = 4,
    Timestamp = 8,
    Boolean = 16,
    Uuid = 32,
    Text = 64,

    /// <summary>A text with a digit in it.</summary>
    Digits = 128,

    /// <summary>A text with a digit right beside a letter.</summary>
    Joint = 256,

    /// <summary>A text with a capital right behind a small letter.</summary>
    Hump = 512,
}
