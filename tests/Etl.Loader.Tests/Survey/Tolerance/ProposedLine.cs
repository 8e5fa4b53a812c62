using System.Text.Json;
using System.Text.RegularExpressions;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>The lines for the trigger that a refusal proposes, as requests: what a producer gets who writes them as they are.</summary>
internal static partial class ProposedLine
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    /// <param name="before">What the trigger says already.</param>
    public static IReadOnlyList<SurveyRequest> In(string? hint, SurveyRequest before) => [.. Lines().Matches(hint ?? "").Select(match => Request(match.Value, before))];

    private static SurveyRequest Request(string line, SurveyRequest request)
    {
        // "n" stands for a number that the producer chooses.
        using var json = JsonDocument.Parse("{" + line.Replace("\"max\": n", "\"max\": 100", StringComparison.Ordinal) + "}");
        var property = json.RootElement.EnumerateObject().Single();
        return property.Name switch
        {
            "dialect" => request with { Dialect = Merge(request.Dialect ?? new(), property.Value.Deserialize<DialectSpec>(Options)!) },
            "ragged" => request with { Ragged = RaggedRows.Pad },
            "rejects" => request with { RejectsMax = property.Value.GetProperty("max").GetInt64() },
            "types" => request with { TypesAsText = true },
            _ => throw new InvalidOperationException($"No key of a trigger: {line}"),
        };
    }

    private static DialectSpec Merge(DialectSpec before, DialectSpec said) => before with
    {
        Delimiter = said.Delimiter ?? before.Delimiter,
        Quote = said.Quote ?? before.Quote,
        Escape = said.Escape ?? before.Escape,
        Encoding = said.Encoding ?? before.Encoding,
        Header = said.Header ?? before.Header,
        Skip = said.Skip ?? before.Skip,
        Null = said.Null ?? before.Null,
    };

    [GeneratedRegex("""
        "(dialect|rejects)": \{[^}]*\}|"(ragged|types)": "[a-z]+"
        """)]
    private static partial Regex Lines();
}
