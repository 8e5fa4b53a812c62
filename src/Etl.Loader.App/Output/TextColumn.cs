namespace Etl.Loader.App.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
internal readonly record struct TextColumn(string Heading, TextFit Fit = TextFit.Wrap)
{
    /// <summary>Of names and paths: what does not fit loses its middle.</summary>
    public static TextColumn Name(string heading) => new(heading, TextFit.Cut);

    /// <summary>Aligned at the right, never cut or broken.</summary>
    public static TextColumn Number(string heading) => new(heading, TextFit.Number);

    public static implicit operator TextColumn(string heading) => new(heading);
}

/// <summary>What becomes of a cell that is wider than its column can be.</summary>
internal enum TextFit
{
    Wrap,
    Cut,
    Number,
}
