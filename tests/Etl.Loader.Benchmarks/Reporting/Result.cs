namespace Etl.Loader.Benchmarks.Reporting;

/// <summary>One line of the report.</summary>
/// <param name="What">What was measured, for people.</param>
internal abstract record Result(string What);

/// <summary>Our figure alone.</summary>
/// <param name="Samples">One for each repetition.</param>
/// <param name="Format">A .NET format with the unit: <c>0.0 's'</c>.</param>
internal sealed record Figure(string What, IReadOnlyList<double> Samples, string Format, Limit? Limit = null) : Result(What)
{
    public Figure(string what, double value, string format, Limit? limit = null)
        : this(what, [value], format, limit)
    {
    }
}

/// <summary>Our way and another, measured in turn; the ratio is taken pair by pair.</summary>
/// <param name="Ours">Seconds.</param>
/// <param name="Peer">The other way, as a person would name it.</param>
/// <param name="Theirs">Seconds, in the same order.</param>
/// <param name="Limit">How many times as fast ours should be.</param>
internal sealed record Comparison(string What, IReadOnlyList<double> Ours, string Peer, IReadOnlyList<double> Theirs, Limit? Limit = null) : Result(What)
{
    public IReadOnlyList<double> TimesAsFast => [.. Ours.Zip(Theirs, (ours, theirs) => theirs / ours)];
}

/// <summary>Something worth knowing that has no limit and no median.</summary>
internal sealed record Remark(string What, string Text) : Result(What);

/// <summary>This machine lacks what the measurement needs; no fault.</summary>
internal sealed record NotMeasured(string What, string Why) : Result(What);

/// <summary>The measurement broke off; what it gave before stands.</summary>
internal sealed record Failure(string What, string Error) : Result(What);
