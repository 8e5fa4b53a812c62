#:package Microsoft.CodeAnalysis.CSharp
#:property RunAnalyzers=false
#:property EnforceCodeStyleInBuild=false
#:property PublishAot=false
// Run by infra/messages: prints every text of the product that a person may read, with where it stands, so that all of them can be read in one go:
//   dotnet run infra/lib/messages.cs -- DIRECTORY
// A text is a string with at least two words that is not SQL, a pattern or markup: errors, hints, help, log events and what pages say.
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

var root = Path.GetFullPath(args[0]);
foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/")).Order(StringComparer.Ordinal))
{
    var tree = CSharpSyntaxTree.ParseText(File.ReadAllText(file));
    foreach (var text in tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(Texts.IsWhole))
    {
        var words = Texts.Of(text);
        if (Texts.IsForPeople(words))
        {
            var line = text.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
            Console.WriteLine($"{Path.GetRelativePath(root, file)}:{line}\t{words}");
        }
    }
}

static partial class Texts
{
    /// <summary>A string, or strings that are added; not a part of either.</summary>
    public static bool IsWhole(ExpressionSyntax node) => IsText(node) && !(node.Parent is ExpressionSyntax parent && IsText(parent));

    private static bool IsText(ExpressionSyntax node) => node switch
    {
        LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.StringLiteralExpression),
        InterpolatedStringExpressionSyntax => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => IsText(sum.Left) || IsText(sum.Right),
        _ => false,
    };

    public static string Of(ExpressionSyntax node)
    {
        var text = new StringBuilder();
        Append(node, text);
        return text.ToString().Replace("\r", "").Replace("\n", "⏎").Replace("\t", "→");
    }

    private static void Append(ExpressionSyntax node, StringBuilder text)
    {
        switch (node)
        {
            case LiteralExpressionSyntax { Token.Value: string value }:
                text.Append(value);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                Append(sum.Left, text);
                Append(sum.Right, text);
                break;
            case InterpolatedStringExpressionSyntax interpolated:
                foreach (var part in interpolated.Contents)
                {
                    text.Append(part is InterpolatedStringTextSyntax plain ? plain.TextToken.ValueText : "{" + ((InterpolationSyntax)part).Expression + "}");
                }

                break;
            default:
                text.Append('{').Append(node).Append('}');
                break;
        }
    }

    public static bool IsForPeople(string text) =>
        Word().Count(Hole().Replace(text, "")) >= 2 && !Sql().IsMatch(text) && !text.TrimStart().StartsWith('<') && !text.StartsWith('^');

    [GeneratedRegex(@"(?<![\w./:-])[A-Za-z]{2,}(?![\w/:])")]
    private static partial Regex Word();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|COPY|BEGIN|COMMIT|SET|LOCK|LISTEN|NOTIFY|WITH|FROM|WHERE|CHECKPOINT|ANALYZE|ATTACH|PRAGMA)\b")]
    private static partial Regex Sql();
}
