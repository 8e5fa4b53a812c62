using System.Security.Cryptography;
using System.Text;

namespace Etl.Loader.Survey.Streams;

/// <summary>The hash of a dataset, lower-case hexadecimal: of one file its own, of several the hash over their hashes in order.</summary>
internal static class DatasetHash
{
    public static string Of(IReadOnlyList<FileSurvey> files) =>
        files.Count == 1
            ? files[0].Sha256
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(files.Select(file => file.Sha256)))));
}
