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

    /// <summary>What nobody leaves empty in every row.</summary>
    private static readonly HashSet<string> Filled = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "city", "town", "country", "region", "product", "item", "street", "email", "mail", "first name", "last name", "surname", "person", "author", "company", "ort", "stadt", "land",
        "strasse", "straße", "vorname", "nachname", "kunde", "firma", "ville", "pays", "nom", "ciudad", "nombre",
    };

    /// <summary>
    /// The last name says of numbers or dates what they are, and no name contradicts its values: then none is missing before it. Words fit
    /// under too many names to show it, unless every name says what its values are and the last one is of what each row has.
    /// </summary>
    public static bool Stand(IReadOnlyList<SampleField> header, IReadOnlyList<SampleRecord> rows)
    {
        var fits = Enumerable.Range(0, header.Count).Select(column => Of(header[column].Text, rows, column)).ToList();
        var last = Plain(header[^1].Text);
        return fits.TrueForAll(fit => fit >= 0) && fits[^1] > 0 && (!Texts.Contains(last) || (fits.TrueForAll(fit => fit > 0) && Filled.Contains(last)));
    }

    /// <returns>Positive: the values are what the name says; negative: they are not; 0: nothing to say.</returns>
    public static int Of(string name, IReadOnlyList<SampleRecord> rows, int column)
    {
        var cells = rows.Select(row => row.Fields[column].Text).Where(text => text.Length > 0 && !CellEvidence.IsNullWord(text)).ToList();
        var words = Plain(name);
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

    private static string Plain(string name) => name.Trim().Replace('_', ' ');
}
