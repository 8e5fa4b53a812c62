namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>A command of a page, and the lines that the page shows as its output.</summary>
internal sealed record PageCommand(string Text, IReadOnlyList<string> Output)
{
    /// <summary>A load that fails is what the page shows.</summary>
    public bool Fails => Output.Any(line => line.StartsWith("failed:", StringComparison.Ordinal));

    /// <summary>
    /// Those of fences with the info string <c>console run</c>, which are behind <c>$ </c>, and of <c>bash run</c>, which are all lines; a line that ends
    /// with a backslash together with the next.
    /// </summary>
    public static List<PageCommand> Read(IEnumerable<string> lines)
    {
        var commands = new List<(string Text, List<string> Output)>();
        string? prompt = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                prompt = line switch { "```console run" => "$ ", "```bash run" => "", _ => null };
            }
            else if (prompt is not null && commands is [.., var (text, output)] && text.EndsWith('\\'))
            {
                commands[^1] = (text[..^1].TrimEnd() + " " + line.Trim(), output);
            }
            else if (prompt is not null && line.StartsWith(prompt, StringComparison.Ordinal))
            {
                commands.Add((line[prompt.Length..], []));
            }
            else if (prompt is not null)
            {
                commands[^1].Output.Add(line);
            }
        }

        return [.. commands.Select(c => new PageCommand(c.Text, c.Output))];
    }
}
