using System.Collections;
using System.Reflection;
using System.Security.Claims;
using System.Text.Json;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Dashboard.Masking;
using Etl.Loader.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Tests.Access;

/// <summary>
/// Every text that the reading side of the ledger can give is given once with a mark in it. What a viewer still sees of the mark is listed here: names, and
/// what people wrote themselves. A text that a later version adds is masked, or makes this test fail until it is listed.
/// </summary>
public class MaskingTests
{
    private const string Mark = "s3cret";

    /// <summary>Names of things, and what people wrote for others to read; none is made from a file's contents.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "Actor", "Action", "DatabaseRole", "Details", "Reason", "Next",
        "Inbox", "Dataset", "Target", "TableName", "TableSchema", "FullName", "Schema", "Name", "Path", "Sha256", "TraceParent",
        "Host", "Holder", "Standbys", "PausedBy", "PauseReason", "Says", "Mode", "State", "Version", "Fault", "Key", "Tables.Text", "Changes.Change", "Changes.Column", "Changes.Before", "Changes.After",
        "Rename", "Only", "Drop", "Delimiter", "Quote", "Escape", "Encoding", "Nulls", "DateFormat", "TimestampFormat", "Decimal", "Dialect.Null", "Dialect.Date", "Dialect.Timestamp",
    };

    private static readonly string Receipt = $$$$"""
        {"load_id": "1", "dataset": "orders.csv", "other": "{{{{Mark}}}}", "details": {"table_rows": 1, "{{{{Mark}}}}": 1,
         "columns": [{"source": "a", "name": "a", "type": "text", "proven": "text", "nulls": 0, "excluded": {"narrower": "bigint", "line": 7, "value": "{{{{Mark}}}}"}, "sample": ["{{{{Mark}}}}"]}],
         "files": [{"path": "orders.csv", "bytes": 1, "rows": 1, "sha256": "0", "dialect": {"delimiter": ",", "nulls": ["{{{{Mark}}}}"], "header": {"x": "{{{{Mark}}}}"}}}],
         "notes": ["line 7: '{{{{Mark}}}}'", {"text": "{{{{Mark}}}}"}]}}
        """;

    [Fact]
    public async Task A_viewer_gets_no_text_that_can_contain_a_value_by_any_reading()
    {
        var seen = await AskAsync(Role.Viewer, masked: true);
        var open = seen.Where(text => !Plain.Contains(text.Name) && !Plain.Contains(string.Join('.', text.Path.Split('.')[^2..]))).Select(text => $"{text.Reading}: {text.Path}").Distinct().ToList();
        Assert.True(open.Count == 0, string.Join('\n', open));
    }

    [Theory]
    [InlineData("Operator", true)]
    [InlineData("Viewer", false)]
    public async Task An_operator_and_anyone_who_asks_where_nothing_is_masked_gets_everything(string role, bool masked)
    {
        var seen = await AskAsync(Enum.Parse<Role>(role), masked);
        foreach (var name in (string[])["Error", "Hint", "WaitsFor", "Survey", "Receipt", "Folded", "Cause", "Text", "Reconciled", "JobId"])
        {
            Assert.Contains(seen, text => text.Name == name);
        }
    }

    [Fact]
    public void A_masked_error_says_which_file_and_line_and_whose_fault()
    {
        var load = Filled<LoadRecord>() with { Error = Mark, ErrorLine = 7, Fault = "data" };
        Assert.Equal($"{load.Spec.Dataset}, line 7 (data): {Masks.Hidden}", load.Masked().Error);
        Assert.Null((load with { Error = null }).Masked().Error);
    }

    [Fact]
    public void A_masked_receipt_keeps_what_is_known_by_name()
    {
        var kept = MaskedReceipt.Of(Receipt)!;
        Assert.DoesNotContain(Mark, kept, StringComparison.Ordinal);
        Assert.Contains("\"line\": 7", kept, StringComparison.Ordinal);
        Assert.Contains("\"table_rows\": 1", kept, StringComparison.Ordinal);
        Assert.Contains("\"delimiter\": \",\"", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/hangfire/jobs/failed", true)]
    [InlineData("/hangfire/jobs/details/1", true)]
    [InlineData("/HANGFIRE/jobs/details/1", true)]
    [InlineData("/hangfire//jobs/failed", true)]
    [InlineData("/hangfire/Jobs/failed", true)]
    [InlineData("/hangfire/retries", true)]
    [InlineData("/hangfire/recurring", true)]
    [InlineData("/hangfire/loads\n/x", true)]
    [InlineData("/hangfire/of-a-later-version", true)]
    [InlineData("/hangfire", false)]
    [InlineData("/hangfire/loads/0195b2c4/rejects", false)]
    [InlineData("/hangfire/css18012", false)]
    [InlineData("/hangfire/fonts/glyphicons-halflings-regular/woff2", false)]
    [InlineData("/api/loads", false)]
    public void Pages_that_show_jobs_as_they_are_stored_are_for_operators(string path, bool closed)
    {
        Assert.Equal(closed, HangfirePages.MayShowValues(path));
        var request = new DefaultHttpContext { Request = { Method = "GET", Path = path } }.Request;
        Assert.Equal(!closed, AccessRule.Allows(Of(Role.Viewer), request, new HttpOptions { MaskValues = true }));
        Assert.True(AccessRule.Allows(Of(Role.Viewer), request, new HttpOptions()));
        Assert.True(AccessRule.Allows(Of(Role.Operator), request, new HttpOptions { MaskValues = true }));
    }

    [Fact]
    public void A_filter_by_cause_tries_no_guess()
    {
        var asked = new LoadFilter { Cause = "0123456789ab" }.Masked();
        Assert.Null(asked.Cause);
        Assert.Equal([LoadStatus.Failed], asked.Statuses);
    }

    private static ClaimsPrincipal Of(Role role) => Identities.Of(Schemes.Session, "vera", role);

    private static async Task<List<Seen>> AskAsync(Role role, bool masked)
    {
        var requests = new HttpContextAccessor { HttpContext = new DefaultHttpContext { User = Of(role) } };
        var ledger = DispatchProxy.Create<IBoth, FilledLedger>();
        var queries = new MaskedQueries(ledger, ledger, new MaskingRule(requests, Options.Create(new HttpOptions { MaskValues = masked })));
        var seen = new List<Seen>();
        foreach (var reading in typeof(ILoadQueries).GetMethods().Concat(typeof(ITableQueries).GetMethods()))
        {
            var task = (Task)reading.Invoke(queries, [.. reading.GetParameters().Select(p => Filled(p.ParameterType, p.Name!))])!;
            await task;
            Collect(task.GetType().GetProperty("Result")!.GetValue(task), reading.Name, "", "", seen);
        }

        return seen;
    }

    private static void Collect(object? value, string reading, string path, string name, List<Seen> seen)
    {
        switch (value)
        {
            case null or ValueType:
                break;
            case string text when text.Replace($"{Mark} Dataset", "", StringComparison.Ordinal).Replace($"{Mark} Fault", "", StringComparison.Ordinal).Contains(Mark, StringComparison.Ordinal) || name is "Dataset" or "Fault":
                seen.Add(new Seen(reading, path, name));
                break;
            case string:
                break;
            case IEnumerable items:
                foreach (var item in items)
                {
                    // A dictionary's pair is a value that contains texts.
                    Collect(item is string ? item : item?.GetType().IsValueType == true ? JsonSerializer.Serialize(item) : item, reading, path, name, seen);
                }

                break;
            default:
                foreach (var part in value.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0))
                {
                    Collect(part.GetValue(value), reading, $"{path}.{part.Name}", part.Name, seen);
                }

                break;
        }
    }

    private static T Filled<T>() => (T)Filled(typeof(T), typeof(T).Name)!;

    /// <summary>A value of the type with the mark in every text that it can hold.</summary>
    private static object? Filled(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return name.EndsWith("receipt", StringComparison.OrdinalIgnoreCase) ? Receipt : $"{Mark} {name}";
        }

        if (type == typeof(CancellationToken))
        {
            return CancellationToken.None;
        }

        if (type.IsValueType || type.IsEnum)
        {
            return Activator.CreateInstance(type);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() is var kind && kind.Name.Contains("Dictionary", StringComparison.Ordinal))
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()))!;
            map.Add(Filled(type.GetGenericArguments()[0], name)!, Filled(type.GetGenericArguments()[1], name));
            return map;
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var list = Array.CreateInstance(type.GetGenericArguments()[0], 1);
            list.SetValue(Filled(type.GetGenericArguments()[0], name), 0);
            return list;
        }

        var make = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        var made = make.Invoke([.. make.GetParameters().Select(p => Filled(p.ParameterType, p.Name!))]);
        foreach (var part in type.GetProperties().Where(p => p.CanWrite && make.GetParameters().All(given => given.Name != p.Name)))
        {
            part.SetValue(made, Filled(part.PropertyType, part.Name));
        }

        return made;
    }

    private sealed record Seen(string Reading, string Path, string Name);

#pragma warning disable CA1852 // DispatchProxy derives from it.
    internal interface IBoth : ILoadQueries, ITableQueries;

    internal class FilledLedger : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.ReturnType.GetGenericArguments()[0];
            return typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(result).Invoke(null, [Filled(result, targetMethod.Name)]);
        }
    }
#pragma warning restore CA1852
}
