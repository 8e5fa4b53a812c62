namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>Whether names stand over values of their kind: <c>price</c> over numbers, <c>city</c> over words.</summary>
internal static class NameFit
{
    private static readonly HashSet<string> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        "no", "nr", "number", "qty", "quantity", "count", "amount", "price", "cost", "total", "sum", "year", "age", "weight", "height", "width", "length", "rate", "percent",
        "lat", "lon", "latitude", "longitude", "anzahl", "menge", "preis", "betrag", "jahr", "quantité", "prix", "montant", "cantidad", "precio", "prezzo", "score", "value",
    };

    private static readonly HashSet<string> Moments = new(StringComparer.OrdinalIgnoreCase)
    {
        "date", "time", "day", "timestamp", "datetime", "created", "updated", "created at", "updated at", "datum", "zeit", "fecha", "data",
    };

    private static readonly HashSet<string> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "city", "town", "country", "region", "product", "item", "text", "note", "notes", "remark", "remarks", "comment", "comments", "title", "street", "email", "mail",
        "first name", "last name", "surname", "description", "label", "status", "type", "kind", "category", "group", "person", "author", "company", "language", "color", "url",
        "ort", "stadt", "land", "strasse", "straße", "vorname", "nachname", "bezeichnung", "bemerkung", "kunde", "firma", "ville", "pays", "nom", "ciudad", "nombre",
    };

    /// <summary>
    /// The last name says of numbers or dates what they are, and no name contradicts its values: then none is missing before it. Words fit
    /// under too many names to show it.
    /// </summary>
    public static bool Stand(IReadOnlyList<SampleField> header, IReadOnlyList<SampleRecord> rows) =>
        !Texts.Contains(header[^1].Text.Trim().Replace('_', ' '))
        && Fit(header[^1].Text, rows, header.Count - 1) > 0
        && Enumerable.Range(0, header.Count).All(column => Fit(header[column].Text, rows, column) >= 0);

    /// <returns>Positive: the values are what the name says; negative: they are not; 0: nothing to say.</returns>
    private static int Fit(string name, IReadOnlyList<SampleRecord> rows, int column)
    {
        var cells = rows.Select(row => row.Fields[column].Text).Where(text => text.Length > 0 && !CellEvidence.IsNullWord(text)).ToList();
        var words = name.Trim().Replace('_', ' ');
        if (cells.Count == 0)
        {
            return 0;
        }

        var typed = cells.Count(CellEvidence.IsTyped) * 4 >= cells.Count * 3;
        var number = typed && cells.Count(CellEvidence.LooksNumeric) * 4 >= cells.Count * 3;
        return words.Equals("id", StringComparison.OrdinalIgnoreCase) ? number ? 1 : 0
            : Numbers.Contains(words) ? number ? 1 : -1
            : Moments.Contains(words) ? typed ? 1 : -1
            : Texts.Contains(words) ? typed ? -1 : 1
            : 0;
    }
}
