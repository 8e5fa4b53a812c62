using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>HTML that was encoded already. Made from an interpolated string: every hole is encoded, unless it is markup itself.</summary>
internal readonly struct Markup(string html)
{
    public static Markup Empty => new("");

    public static Markup Of(MarkupHandler html) => html.ToMarkup();

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(p => p.ToString())));

    public override string ToString() => html ?? "";
}

/// <summary>Builds <see cref="Markup"/> from <c>$"…{hole}…"</c>; what people or files named can never become HTML.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _html = new(literalLength + formattedCount * 16);

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(Markup markup) => _html.Append(markup.ToString());

    public void AppendFormatted(IEnumerable<Markup> parts) => _html.Append(Markup.Join(parts).ToString());

    public void AppendFormatted(string? text) => _html.Append(WebUtility.HtmlEncode(text));

    public void AppendFormatted<T>(T value) =>
        _html.Append(WebUtility.HtmlEncode(Convert.ToString(value, CultureInfo.InvariantCulture)));

    public Markup ToMarkup() => new(_html.ToString());
}
