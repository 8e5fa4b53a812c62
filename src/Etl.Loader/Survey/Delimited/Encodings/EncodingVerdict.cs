using Etl.Loader.Survey.Delimited.Dialects;

namespace Etl.Loader.Survey.Delimited.Encodings;

/// <summary>What the words of a file say of its encoding.</summary>
/// <param name="Name">The one that is certain; null: none.</param>
/// <param name="Likeliest">The ones to choose from, the likeliest first; empty: no known encoding makes sense of the words.</param>
/// <param name="Word">One that they read differently, or the first.</param>
internal sealed record EncodingVerdict(string? Name, IReadOnlyList<EncodingCandidate> Likeliest, EncodedWord? Word)
{
    /// <summary>Encodings nearer to each other than this, in natural logarithms, are a guess.</summary>
    private const double Margin = 6;

    /// <summary>Turkish letters read as Icelandic ones are likely beside each other: that one of the two is meant takes more.</summary>
    private const double TurkishMargin = 25;

    /// <summary>Another encoding than windows-1252 must be as far from all others, and shown by so many words.</summary>
    private const double OtherMargin = 30;
    private const int OtherWords = 5;

    /// <summary>How much oftener files without a word about it are windows-1252 than any other.</summary>
    private const double Usual = 2;

    /// <summary>Words whose bytes beyond ASCII are less likely than this, each, make no sense.</summary>
    private const double Senseless = -18;

    private const int MostNamed = 3;

    public static EncodingVerdict Of(IReadOnlyList<EncodedWord> words)
    {
        if (words.Count == 0)
        {
            return new(EncodingEvidence.Windows1252, [], null);
        }

        var ranked = EncodingCandidate.All
            .Select(candidate => (Candidate: candidate, Score: words.Sum(candidate.Score) + (candidate.Name == EncodingEvidence.Windows1252 ? Usual : 0)))
            .OrderByDescending(entry => entry.Score).ToList();
        var (best, score) = ranked[0];
        best = ReadsAlike(best, words) ? EncodingCandidate.All[0] : best;
        var rivals = ranked.Skip(1).Where(entry => Differing(best, entry.Candidate, words) is { } word
            && score - entry.Score < MarginOf(best.Name, entry.Candidate.Name)).Select(entry => entry.Candidate).ToList();
        if (score < Senseless * words.Sum(word => word.HighBytes))
        {
            return new(null, [], words[0]);
        }

        var usual = best.Name == EncodingEvidence.Windows1252;
        if (rivals.Count == 0 && (usual || words.Count >= OtherWords))
        {
            return new(best.Name, [best], Differing(best, EncodingCandidate.All[0], words) ?? words[0]);
        }

        if (rivals.Count == 0)
        {
            rivals = [.. ranked.Skip(1).Where(entry => entry.Score > EncodingCandidate.Impossible && Differing(best, entry.Candidate, words) is not null).Select(entry => entry.Candidate).Take(1)];
        }

        return new(null, [.. rivals.Prepend(best).Take(MostNamed)], rivals.Count > 0 ? Differing(best, rivals[0], words) : words[0]);
    }

    /// <summary>Who has to choose sees what each reading makes of a word.</summary>
    public DatasetException Refusal(string file)
    {
        if (Likeliest.Count == 0)
        {
            return new(
                $"{file}: no known encoding makes sense of the bytes {Convert.ToHexStringLower(Word!.Word)}.",
                "Deliver the file as UTF-8, or write its encoding in the trigger: \"dialect\": {\"encoding\": \"NAME\"}.",
                file);
        }

        var readings = string.Join(", ", Likeliest.Select(candidate => $"'{candidate.Read(Word!.Word)}' in {candidate.Name}"));
        return new(
            $"{file} is not UTF-8, and its encoding is not clear: a word of it is {readings}.",
            $"Write its encoding in the trigger: {string.Join(" or ", Likeliest.Select(candidate => $"\"dialect\": {{\"encoding\": \"{candidate.Name}\"}}"))}.",
            file)
        {
            Choices = [.. Likeliest.Select(candidate => new DialectOffer(candidate.Name, new() { Encoding = candidate.Name }))],
        };
    }

    private static double MarginOf(string best, string rival) => (best, rival) switch
    {
        (EncodingEvidence.Windows1252, "windows-1254") => TurkishMargin,
        (EncodingEvidence.Windows1252, _) => Margin,
        _ => OtherMargin,
    };

    private static bool ReadsAlike(EncodingCandidate candidate, IReadOnlyList<EncodedWord> words) => Differing(candidate, EncodingCandidate.All[0], words) is null;

    private static EncodedWord? Differing(EncodingCandidate one, EncodingCandidate other, IReadOnlyList<EncodedWord> words) =>
        words.FirstOrDefault(word => one.Read(word.Word) != other.Read(word.Word));
}
