#:property RunAnalyzers=false
#:property EnforceCodeStyleInBuild=false
#:property PublishAot=false
// Run by infra/publish: writes what a release is made of, from what it says of itself (etl-loader.deps.json) and from the packages' own files:
//   dotnet run infra/lib/bill.cs -- DEPS-JSON PACKAGES LICENSES VERSION BILL NOTICES
// BILL is a CycloneDX 1.6 bill of materials, the runtime included, which tools that read project files leave out; NOTICES has the licence of each part.
// A package that states no licence, or one whose text is neither in the package nor in LICENSES, ends it with an error.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

var (deps, packages, licenses, version, bill, notices) = (args[0], args[1], args[2], args[3], args[4], args[5]);
const string RuntimePack = "runtimepack.";
var libraries = JsonNode.Parse(File.ReadAllText(deps))!["libraries"]!.AsObject();
var parts = libraries
    .Where(l => (string?)l.Value!["type"] is "package" or "runtimepack")
    .Select(l => l.Key.StartsWith(RuntimePack, StringComparison.Ordinal) ? l.Key[RuntimePack.Length..] : l.Key)
    .Select(key => Part.Read(packages, licenses, key.Split('/')[0], key.Split('/')[1]))
    .OrderBy(p => p.Name, StringComparer.Ordinal)
    .ToArray();

var document = new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject
    {
        ["component"] = new JsonObject
        {
            ["type"] = "application",
            ["bom-ref"] = $"etl-loader@{version}",
            ["name"] = "etl-loader",
            ["version"] = version,
            ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = "MIT" } }),
        },
    },
    ["components"] = new JsonArray([.. parts.Select(p => p.Component())]),
};
File.WriteAllText(bill, document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

var text = new StringBuilder()
    .Append("Third-party notices\n\nEtl.Loader itself is under the MIT licence (LICENSE). It is shipped with the following parts, each a file of its own that may be\n")
    .Append("replaced by another build of the same library, as the LGPL of Hangfire asks.\n\n");
foreach (var part in parts)
{
    text.Append($"  {part.Name} {part.Version}: {part.License}\n");
}

foreach (var part in parts)
{
    text.Append('\n').Append('=', 100).Append($"\n{part.Name} {part.Version}\n{part.Url}\n{part.Copyright}\n{part.License}\n");
    foreach (var (name, content) in part.Texts)
    {
        text.Append($"\n--- {name}\n\n{content.ReplaceLineEndings("\n").Trim()}\n");
    }
}

File.WriteAllText(notices, text.ToString());

internal sealed record Part(string Name, string Version, string License, string? Expression, string Copyright, string Url, string Sha512, IReadOnlyList<(string, string)> Texts)
{
    private static readonly string[] Prefixes = ["LICENSE.", "LICENSE-", "COPYING", "NOTICE", "THIRD-PARTY"];

    public static Part Read(string packages, string licenses, string name, string version)
    {
        var directory = Path.Combine(packages, name.ToLowerInvariant(), version);
        var nuspec = XDocument.Load(Path.Combine(directory, name.ToLowerInvariant() + ".nuspec")).Root!.Elements().First();
        string? Value(string element) => nuspec.Elements().FirstOrDefault(e => e.Name.LocalName == element)?.Value.Trim();
        var license = nuspec.Elements().FirstOrDefault(e => e.Name.LocalName == "license")
            ?? throw new InvalidOperationException($"{name} {version} states no licence; look it up and leave the package or add the rule.");
        var expression = (string?)license.Attribute("type") == "expression" ? license.Value.Trim() : null;
        var texts = Directory.EnumerateFiles(directory)
            .Where(f => Path.GetFileName(f) == "LICENSE" || Prefixes.Any(p => Path.GetFileName(f).StartsWith(p, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal)
            .Select(f => (Path.GetFileName(f), File.ReadAllText(f)))
            .ToList();
        if (texts.Count == 0)
        {
            var standard = Path.Combine(licenses, expression + ".txt");
            texts.Add(File.Exists(standard)
                ? (expression!, File.ReadAllText(standard))
                : throw new InvalidOperationException($"{name} {version} is under {expression ?? license.Value}, of which neither the package nor {licenses} has the text."));
        }

        var hash = Convert.ToHexStringLower(Convert.FromBase64String(
            File.ReadAllText(Path.Combine(directory, $"{name.ToLowerInvariant()}.{version}.nupkg.sha512")).Trim()));
        return new Part(
            name, version, expression ?? (name.StartsWith("Hangfire.", StringComparison.Ordinal) ? "LGPL-3.0-or-later" : $"see {license.Value}"), expression,
            Value("copyright") ?? Value("authors") ?? "", Value("projectUrl") ?? "", hash, texts);
    }

    public JsonObject Component() => new()
    {
        ["type"] = "library",
        ["bom-ref"] = $"pkg:nuget/{Name}@{Version}",
        ["name"] = Name,
        ["version"] = Version,
        ["scope"] = "required",
        ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = Sha512 }),
        ["licenses"] = new JsonArray(new JsonObject
        {
            ["license"] = License.StartsWith("see ", StringComparison.Ordinal) ? new JsonObject { ["name"] = License } : new JsonObject { ["id"] = License },
        }),
        ["copyright"] = Copyright,
        ["purl"] = $"pkg:nuget/{Name}@{Version}",
    };
}
