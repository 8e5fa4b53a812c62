using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Access;

namespace Etl.Loader.App.Commands;

/// <summary><c>hash-password</c>: what is in the configuration in place of a password.</summary>
internal static class HashPasswordCommand
{
    private const int Shortest = 10;

    public static Command Build(Surroundings surroundings)
    {
        var command = new Command("hash-password", "Read a password from stdin and print its hash for Loader:Http:Users:NAME:PasswordHash.");
        command.SetAction(async (_, token) =>
        {
            var password = surroundings.Secret is { } ask ? await Task.Run(() => ask("Password: "), token).WaitAsync(token) : await surroundings.In.ReadLineAsync(token) ?? "";
            if (password.Length < Shortest)
            {
                throw new LoaderException(
                    $"The password has {Words.Many(password.Length, "character")}; at least {Shortest} are needed.", "Take a longer one: printf '%s' 'long words' | etl-loader hash-password");
            }

            surroundings.Out.WriteLine(Passwords.Hash(password));
            return ExitCodes.Done;
        });
        return command;
    }
}
