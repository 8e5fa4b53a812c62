namespace Etl.Loader.Benchmarks.Reporting;

/// <summary>What a figure should reach. It is printed beside the figure, with whether the median does; it makes no run fail.</summary>
/// <param name="Text">Said in its stead, where the bound is known by other words.</param>
internal sealed record Limit(double Bound, bool Least, string? Text = null)
{
    public static Limit AtLeast(double bound) => new(bound, Least: true);

    public static Limit AtMost(double bound) => new(bound, Least: false);

    public bool IsMetBy(double value) => Least ? value >= Bound : value <= Bound;
}
