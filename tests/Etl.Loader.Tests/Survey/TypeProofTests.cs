using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Tests.Survey;

/// <summary>The table of docs/types.md, row by row.</summary>
public class TypeProofTests
{
    [Theory]
    [InlineData(nameof(TypeKind.BigInt), "0", "-1", "42", "9223372036854775807", "-9223372036854775808")]
    [InlineData(nameof(TypeKind.Numeric), "9223372036854775808")]
    [InlineData(nameof(TypeKind.Numeric), "1", "-9223372036854775809")]
    [InlineData(nameof(TypeKind.Numeric), "1", "1.5")]
    [InlineData(nameof(TypeKind.Numeric), "1.5", "1")]
    [InlineData(nameof(TypeKind.Numeric), "0.50", ".5", "-.5", "12345678901234567890.123456789012345678901234567890")]
    [InlineData(nameof(TypeKind.Date), "0001-01-01", "2024-02-29", "9999-12-31")]
    [InlineData(nameof(TypeKind.Time), "00:00:00", "23:59:59.999999", "12:30:00.5")]
    [InlineData(nameof(TypeKind.Timestamp), "2026-01-02T03:04:05", "2026-01-02T03:04:05.123456")]
    [InlineData(nameof(TypeKind.Timestamp), "2026-01-02 03:04:05", "2026-01-02 03:04:05.1")]
    [InlineData(nameof(TypeKind.TimestampTz), "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5+00:00")]
    [InlineData(nameof(TypeKind.Boolean), "true", "false")]
    [InlineData(nameof(TypeKind.Boolean), "False", "True")]
    [InlineData(nameof(TypeKind.Boolean), "TRUE")]
    [InlineData(nameof(TypeKind.Uuid), "0191f3a0-1c2d-7e3f-8a4b-5c6d7e8f9a0b")]
    public void Values_without_loss_have_the_narrow_type(string kind, params string[] values) => Assert.Equal(Enum.Parse<TypeKind>(kind), Prove(values).Type.Kind);

    [Theory]
    [InlineData("007")]
    [InlineData("-01")]
    [InlineData("00.5")]
    [InlineData("+1")]
    [InlineData("-0")]
    [InlineData("-0.00")]
    [InlineData("1.")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("1e5")]
    [InlineData("1,234")]
    [InlineData("1 234")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0x1F")]
    [InlineData("1.2.3")]
    [InlineData("")]
    [InlineData("t")]
    [InlineData("tRUE")]
    [InlineData("true", "True")]
    [InlineData("true", "1")]
    [InlineData("1", "true")]
    [InlineData("2023-02-29")]
    [InlineData("0000-01-01")]
    [InlineData("2026-1-5")]
    [InlineData("2026/01/05")]
    [InlineData("20260105", "2026-01-05")]
    [InlineData("2026-01-05", "2026-01-05 00:00:00")]
    [InlineData("24:00:00")]
    [InlineData("12:30")]
    [InlineData("12:30:60")]
    [InlineData("12:30:00.")]
    [InlineData("12:30:00.1234567")]
    [InlineData("2026-01-02T03:04:05", "2026-01-02 03:04:05")]
    [InlineData("2026-01-02T03:04:05", "2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05+02:00")]
    [InlineData("2026-01-02T03:04:05-00:00")]
    [InlineData("2026-01-02T03:04:05.1234567")]
    [InlineData("2026-01-02  03:04:05")]
    [InlineData("0191F3A0-1C2D-7E3F-8A4B-5C6D7E8F9A0B")]
    [InlineData("0191f3a01c2d7e3f8a4b5c6d7e8f9a0b")]
    [InlineData("{\"a\":1}")]
    [InlineData("١٢")]
    public void Values_that_would_lose_something_are_text(params string[] values) => Assert.Equal(TypeKind.Text, Prove(values).Type.Kind);

    [Fact]
    public void A_batch_and_single_values_prove_the_same()
    {
        string[] values = ["1", "-22", "333", "4444.5", "55555555555555555555", "0.1", ".25"];
        var single = Prove(values);
        var data = Encoding.UTF8.GetBytes(string.Concat(values) + new string('9', NumberShape.Slack));
        var fields = new Field[values.Length];
        for (int i = 0, at = 0; i < values.Length; at += values[i++].Length)
        {
            fields[i] = new(at, values[i].Length);
        }

        var proof = new TypeProof();
        proof.Observe(new RecordBatch { Data = data, Fields = fields, Columns = 1, Rows = values.Length, Lines = [2, 3, 4, 5, 6, 7, 8] }, 0);
        Assert.Equal(single, proof.Finish("c"));
        Assert.Equal(new ColumnType(TypeKind.Numeric, 22, 2), single.Type);
        Assert.Equal("zeros before the point and padding zeros in c", proof.Note("c"));
    }

    [Fact]
    public void Precision_and_scale_are_those_seen()
    {
        Assert.Equal(new ColumnType(TypeKind.Numeric, 5, 2), Prove("123.4", "0.25", "7").Type);
        Assert.Equal(new ColumnType(TypeKind.BigInt, 3), Prove("1", "-123").Type);
        Assert.Equal(new ColumnType(TypeKind.Numeric, 1, 1), Prove(".5").Type);
    }

    [Fact]
    public void The_first_value_that_excluded_the_narrower_type_is_named()
    {
        Assert.Equal(new TypeExclusion(TypeKind.BigInt, 3, "2.5"), Prove("1", "2.5", "3.5").Excluded);
        Assert.Equal(new TypeExclusion(TypeKind.Numeric, 4, "N/A"), Prove("1", "2.5", "N/A", "n/a").Excluded);
        Assert.Equal(new TypeExclusion(TypeKind.Date, 3, "soon"), Prove("2026-01-01", "soon").Excluded);
        Assert.Equal(new TypeExclusion(TypeKind.BigInt, 2, "007"), Prove("007").Excluded);
        Assert.Equal(new TypeExclusion(TypeKind.Numeric, 2, "1,234.5"), Prove("1,234.5").Excluded);
        Assert.Null(Prove("Paris").Excluded);
        Assert.Equal(100, Prove("1", new string('x', 5000)).Excluded!.Value.Length);
    }

    [Fact]
    public void Nulls_are_counted_and_keep_a_column_empty()
    {
        var proof = new TypeProof();
        proof.ObserveNull();
        proof.ObserveNull();
        Assert.Equal(new SurveyedColumn("c", new(TypeKind.Empty), 2, 0, null), proof.Finish("c"));
    }

    [Theory]
    [InlineData("dd.MM.yyyy", "31.12.2025", "2025-12-31")]
    [InlineData("d/M/yyyy", "1/2/2026", "2026-02-01")]
    [InlineData("yyyyMMdd", "20260131", "2026-01-31")]
    [InlineData("dd-MMM-yyyy", "05-mar-2026", "2026-03-05")]
    public void Dates_of_a_stated_format_become_iso(string format, string value, string iso)
    {
        var formats = new ValueFormats(date: format);
        Span<byte> canonical = stackalloc byte[ValueFormats.MaxCanonicalBytes];
        Assert.True(formats.TryCanonical(Encoding.UTF8.GetBytes(value), TypeKind.Date, canonical, out var written));
        Assert.Equal(iso, Encoding.UTF8.GetString(canonical[..written]));
        var proof = new TypeProof(formats);
        proof.Observe(Encoding.UTF8.GetBytes(value), 2);
        Assert.Equal(format == "yyyyMMdd" ? TypeKind.BigInt : TypeKind.Date, proof.Finish("c").Type.Kind);
    }

    [Theory]
    [InlineData("dd.MM.yyyy", "31.02.2026")]
    [InlineData("dd.MM.yyyy", "1.2.2026")]
    [InlineData("dd.MM.yyyy", "01.02.2026 ")]
    [InlineData("dd.MM.yyyy", "2026-02-01")]
    public void What_is_not_of_the_stated_format_is_not_a_date(string format, string value) =>
        Assert.False(new ValueFormats(date: format).TryDate(Encoding.UTF8.GetBytes(value), out _));

    [Theory]
    [InlineData("dd.MM.yyyy HH:mm", "05.03.2026 07:08", "2026-03-05 07:08:00")]
    [InlineData("M/d/yyyy h:mm:ss tt", "3/5/2026 12:08:09 AM", "2026-03-05 00:08:09")]
    [InlineData("M/d/yyyy h:mm:ss tt", "3/5/2026 1:08:09 PM", "2026-03-05 13:08:09")]
    [InlineData("yyyy-MM-ddTHH:mm:ss.fff", "2026-03-05T07:08:09.010", "2026-03-05 07:08:09.010000")]
    public void Timestamps_of_a_stated_format_become_iso(string format, string value, string iso)
    {
        Span<byte> canonical = stackalloc byte[ValueFormats.MaxCanonicalBytes];
        Assert.True(new ValueFormats(timestamp: format).TryCanonical(Encoding.UTF8.GetBytes(value), TypeKind.Timestamp, canonical, out var written));
        Assert.Equal(iso, Encoding.UTF8.GetString(canonical[..written]));
    }

    [Theory]
    [InlineData("dd.MM.yy")]
    [InlineData("MM/yyyy")]
    [InlineData("yyyy-MM-dd hh:mm")]
    [InlineData("qq yyyy MM dd")]
    [InlineData("yyyy-MM-dd 'T")]
    public void A_format_that_leaves_something_to_guess_is_refused(string format) =>
        Assert.Throws<LoaderException>(() => DateTimeFormat.Parse(format));

    [Fact]
    public void A_decimal_comma_is_a_point_and_a_point_beside_it_is_text()
    {
        var formats = new ValueFormats(',');
        var proof = new TypeProof(formats);
        proof.Observe("1234,50"u8, 2);
        Assert.Equal(TypeKind.Numeric, proof.Finish("c").Type.Kind);
        Span<byte> canonical = stackalloc byte[32];
        Assert.True(formats.TryCanonical("1234,50"u8, TypeKind.Numeric, canonical, out var written));
        Assert.Equal("1234.50", Encoding.UTF8.GetString(canonical[..written]));
        proof.Observe("1.234,50"u8, 3);
        Assert.Equal(TypeKind.Text, proof.Finish("c").Type.Kind);
    }

    [Theory]
    [InlineData("1.500", "Numeric")]
    [InlineData("1.5", "Float8")]
    [InlineData("2026-01-31", "Date")]
    [InlineData("2026-01-31 10:00:00", "Timestamp")]
    public void What_is_canonical_but_not_of_the_stated_form_is_left_in_a_form_that_no_type_takes(string value, string kind)
    {
        Span<byte> canonical = stackalloc byte[ValueFormats.MaxCanonicalBytes];
        Assert.True(new ValueFormats(',', "yyyy-dd-MM", "yyyy-dd-MM HH:mm:ss").TryCanonical(Encoding.UTF8.GetBytes(value), Enum.Parse<TypeKind>(kind), canonical, out var written));
        Assert.False(TypeFit.Takes(new(Enum.Parse<TypeKind>(kind), 38, 10), canonical[..written]));
        Assert.True(ValueFormats.IsOfOtherForm(canonical[..written]));
        Assert.Equal(value, Encoding.UTF8.GetString(ValueFormats.AsWritten(canonical[..written])));
    }

    private static SurveyedColumn Prove(params string[] values)
    {
        var proof = new TypeProof();
        for (var i = 0; i < values.Length; i++)
        {
            proof.Observe(Encoding.UTF8.GetBytes(values[i]), i + 2);
        }

        return proof.Finish("c");
    }
}
